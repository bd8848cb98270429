import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asksTheSame, canonicalQuestion, findSameQuestion } from '../../../src/rag/sameQuestion.ts';

const same: [string, string][] = [
  ['How many orders per country?', 'how many orders per country'],
  ['How many orders per country?', 'Show me the number of orders by country, please.'],
  ['How many orders per country?', 'count of orders for each country'],
  ['How many customers are there?', 'number of customers'],
  ['How many customers do we have?', 'What is the total number of customers?'],
  ['How many customers do we have?', 'Count the customers'],
  ['HOW MANY ORDERS ARE THERE?', 'how many orders'],
  ['Top ten customers by revenue', 'What are the top 10 customers by revenue?'],
  ['Top ten customers by revenue', 'Please list the top 10 customers by revenue, thanks!'],
  ['Customers without orders', 'list customers that have no orders'],
  ['Customers without orders', "Which customers don't have any orders?"],
  ['Customers without orders', 'customers who do not have orders'],
  ['Average order value per month', 'What is the mean of order value for each month?'],
  ['Average order value per month', 'avg order value by month'],
  ['Total revenue by category', 'sum of revenue per category'],
  ['Total revenue by category', 'Could you show us the total revenue grouped by category?'],
  ['Orders over 1,000', 'orders above 1000'],
  ['Orders over 1000', 'orders of more than 1000'],
  ['Products with at least five reviews', 'products that have at least 5 reviews'],
  ['Cancelled orders', 'orders cancelled'],
  ['How many cancelled orders?', 'how many orders were canceled'],
  ['Which product has the highest price?', 'the product with the highest price'],
  ['What are the distinct countries of customers?', 'unique countries of customers'],
  ['Orders in "Germany"', 'orders in “Germany”'],
  ["Each customer's orders", 'each customer’s orders'],
  ['Revenue during 2024', 'revenue in 2024'],
  ['List all products', 'products'],
  ['I would like to see the products', 'Which products are there?'],
];

const different: [string, string][] = [
  ['orders in 2024', 'orders in 2023'],
  ['orders in 2024', 'orders before 2024'],
  ['orders before 2024', 'orders after 2024'],
  ['product with the highest price', 'product with the lowest price'],
  ['customers without orders', 'orders without customers'],
  ['customers without orders', 'customers with orders'],
  ['top 5 customers', 'top 10 customers'],
  ['top five customers', 'top ten customers'],
  ['top customers by revenue', 'bottom customers by revenue'],
  ['customers in Germany', 'customers in France'],
  ['how many orders', 'how many cancelled orders'],
  ['how many orders per country', 'how many orders per country for cancelled orders'],
  ['orders', 'how many orders'],
  ['total revenue', 'average revenue'],
  ['revenue by country', 'revenue by city'],
  ['revenue by country', 'country by revenue'],
  ['products more expensive than their category', 'category more expensive than their products'],
  ['flights from Paris to Rome', 'flights from Rome to Paris'],
  ['shipments from Germany', 'shipments to Germany'],
  ['orders over 100', 'orders under 100'],
  ['orders over 100', 'orders of at least 100'],
  ['orders of no more than 100', 'orders of more than 100'],
  ['orders that are paid', 'orders that are not paid'],
  ['orders paid', 'orders unpaid'],
  ['orders above 1.000', 'orders above 1'],
  ['order 007', 'order 7'],
  ['order 5', 'order -5'],
  ['orders of this month', 'orders of last month'],
  ['customers with the most orders', 'customers with the most recent orders'],
  ['which customer has the most orders', 'which customers have the most orders'],
  ['the best product', 'the best products'],
  ['products in category A', 'products in category'],
  ['products in category a', 'products in category'],
  ['products in category A', 'products in category B'],
  ['customers in the US', 'customers in the UK'],
  ['employees in IT', 'employees in HR'],
  ['orders of "Anna"', 'orders of "anna"'],
  ['orders in "Germany"', 'orders in "France"'],
  ['show list prices', 'show prices'],
  ['orders with a discount of 10%', 'orders with a discount of 10'],
  ['orders with quantity > 5', 'orders with quantity < 5'],
  ['orders with quantity >= 5', 'orders with quantity > 5'],
  ['highest price of products with lowest stock', 'lowest price of products with highest stock'],
  ['customers of products', 'products of customers'],
  ['cancelled customers orders', 'customers cancelled orders'],
  ['customers and suppliers', 'customers or suppliers'],
  ['orders on 2024-01-02', 'orders on 2024-02-01'],
  ['orders between 2024-01-01 and 2024-02-01', 'orders between 2024-01-01 and 2024-03-01'],
  ['when was the last order', 'what was the last order'],
  ['customers who bought all products', 'customers who bought products'],
  ['gifts for employees', 'gifts of employees'],
  ['sales per month', 'sales per month and country'],
  ['employees older than their managers', 'managers older than their employees'],
  ['How many orders per country?', ''],
  ['please', 'thank you'],
];

describe('asking the same', () => {
  for (const [a, b] of same) {
    it(`“${a}” = “${b}”`, () => {
      assert.deepEqual([asksTheSame(a, b), asksTheSame(b, a)], [true, true]);
    });
  }
  for (const [a, b] of different) {
    it(`“${a}” ≠ “${b}”`, () => {
      assert.deepEqual([asksTheSame(a, b), asksTheSame(b, a)], [false, false]);
    });
  }

  it('finds the verified question that asks the same, and no other', () => {
    const verified = [
      { question: 'How many orders?', sql: 'a' },
      { question: 'How many orders per country?', sql: 'b' },
    ];
    assert.equal(findSameQuestion('number of orders by country', verified)?.sql, 'b');
    assert.equal(findSameQuestion('number of orders by city', verified), undefined);
  });

  it('says what it compared', () => {
    assert.deepEqual(canonicalQuestion('Show me the top ten customers by revenue'), [
      'top',
      '10',
      'customers',
      'per',
      'revenue',
    ]);
  });

  const noun = fc.constantFrom(
    'orders',
    'customers',
    'revenue',
    'products',
    'Berlin',
    '2024',
    '"x y"',
    'without',
    'per',
  );
  it('is never fooled by one word more', () => {
    fc.assert(
      fc.property(fc.array(noun, { minLength: 1, maxLength: 6 }), noun, fc.nat(6), (words, extra, at) => {
        const longer = [...words.slice(0, at), extra, ...words.slice(at)];
        assert.equal(asksTheSame(words.join(' '), longer.join(' ')), false);
      }),
    );
  });

  it('is never fooled by two words exchanged', () => {
    fc.assert(
      fc.property(fc.uniqueArray(noun, { minLength: 2, maxLength: 6 }), fc.nat(4), (words, index) => {
        const at = index % (words.length - 1);
        const swapped = [...words.slice(0, at), words[at + 1], words[at], ...words.slice(at + 2)];
        assert.equal(asksTheSame(words.join(' '), swapped.join(' ')), false);
        assert.equal(asksTheSame(words.join(' '), `Please show me ${words.join(' ')}!`), true);
      }),
    );
  });
});
