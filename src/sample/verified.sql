-- Questions about the sample database whose SQL a person has checked.
-- Each entry is a line "-- question: …" and one statement that ends with a semicolon.

-- question: How many orders per country?
SELECT co.name AS country, count(*) AS orders
FROM shop.orders o
JOIN shop.customers c ON c.id = o.customer_id
JOIN shop.countries co ON co.code = c.country_code
GROUP BY co.name
ORDER BY orders DESC, country;

-- question: Who are the top ten customers by revenue?
SELECT c.id AS customer_id, c.first_name || ' ' || c.last_name AS customer, co.name AS country,
  count(*) AS orders, sum(t.total) AS revenue
FROM shop.order_totals t
JOIN shop.customers c ON c.id = t.customer_id
JOIN shop.countries co ON co.code = c.country_code
WHERE t.status NOT IN ('cancelled', 'returned')
GROUP BY c.id, co.name
ORDER BY revenue DESC, customer_id
LIMIT 10;

-- question: Which products were never ordered?
SELECT p.sku, p.name AS product, c.name AS category, p.price, p.listed_on
FROM shop.products p
JOIN shop.categories c ON c.id = p.category_id
WHERE NOT EXISTS (SELECT FROM shop.order_lines l WHERE l.product_id = p.id)
ORDER BY p.sku;

-- question: What is the revenue per month?
SELECT date_trunc('month', t.ordered_at AT TIME ZONE 'UTC')::date AS month, count(*) AS orders, sum(t.total) AS revenue
FROM shop.order_totals t
WHERE t.status NOT IN ('cancelled', 'returned')
GROUP BY month
ORDER BY month;

-- question: What is the revenue per category and year?
SELECT m.category, extract(year FROM m.month)::integer AS year, sum(m.pieces) AS pieces, sum(m.revenue) AS revenue
FROM shop.monthly_sales m
GROUP BY m.category, year
ORDER BY year, revenue DESC;

-- question: Which are the ten best-selling products?
SELECT p.name AS product, c.name AS category, sum(l.quantity) AS pieces,
  sum(round(l.quantity * l.unit_price * (1 - l.discount), 2)) AS revenue
FROM shop.order_lines l
JOIN shop.orders o ON o.id = l.order_id
JOIN shop.products p ON p.id = l.product_id
JOIN shop.categories c ON c.id = p.category_id
WHERE o.status NOT IN ('cancelled', 'returned')
GROUP BY p.id, c.name
ORDER BY pieces DESC, product
LIMIT 10;

-- question: How many orders are there per status?
SELECT o.status, count(*) AS orders, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM shop.orders o
GROUP BY o.status
ORDER BY o.status;

-- question: Which customers have never ordered anything?
SELECT c.id AS customer_id, c.first_name || ' ' || c.last_name AS customer, c.email, c.created_at
FROM shop.customers c
WHERE NOT EXISTS (SELECT FROM shop.orders o WHERE o.customer_id = c.id)
ORDER BY c.id;

-- question: How many customers are there per country, and how many of them have ordered?
SELECT co.name AS country, count(*) AS customers,
  count(*) FILTER (WHERE EXISTS (SELECT FROM shop.orders o WHERE o.customer_id = c.id)) AS with_orders
FROM shop.customers c
JOIN shop.countries co ON co.code = c.country_code
GROUP BY co.name
ORDER BY customers DESC, country;

-- question: What is the average order value per country?
SELECT co.name AS country, count(*) AS orders, round(avg(t.total), 2) AS average_value
FROM shop.order_totals t
JOIN shop.customers c ON c.id = t.customer_id
JOIN shop.countries co ON co.code = c.country_code
WHERE t.status NOT IN ('cancelled', 'returned')
GROUP BY co.name
ORDER BY average_value DESC, country;

-- question: Which orders have not been paid in full?
SELECT t.order_id, t.status, t.ordered_at, t.total, coalesce(p.paid, 0) AS paid, t.total - coalesce(p.paid, 0) AS open_amount
FROM shop.order_totals t
LEFT JOIN (SELECT order_id, sum(amount) AS paid FROM shop.payments GROUP BY order_id) p ON p.order_id = t.order_id
WHERE t.status NOT IN ('cancelled', 'returned') AND coalesce(p.paid, 0) < t.total
ORDER BY open_amount DESC, t.order_id;

-- question: How do customers pay?
SELECT p.method, count(*) AS payments, sum(p.amount) AS amount
FROM shop.payments p
WHERE p.amount > 0
GROUP BY p.method
ORDER BY payments DESC;

-- question: How long does delivery take per carrier?
SELECT s.carrier, count(*) AS parcels,
  round(avg(extract(epoch FROM s.delivered_at - s.shipped_at) / 86400), 1) AS average_days,
  round((percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM s.delivered_at - s.shipped_at) / 86400))::numeric, 1) AS days_for_90_percent
FROM shop.shipments s
WHERE s.delivered_at IS NOT NULL
GROUP BY s.carrier
ORDER BY average_days, s.carrier;

-- question: Which parcels have not arrived yet?
SELECT s.tracking_number, s.carrier, s.order_id, s.shipped_at, co.name AS country
FROM shop.shipments s
JOIN shop.orders o ON o.id = s.order_id
JOIN shop.addresses a ON a.id = o.shipping_address_id
JOIN shop.countries co ON co.code = a.country_code
WHERE s.delivered_at IS NULL
ORDER BY s.shipped_at, s.tracking_number;

-- question: What is the average rating of each product with at least ten reviews?
SELECT p.name AS product, count(*) AS reviews, round(avg((r.body ->> 'rating')::integer), 2) AS average_rating
FROM shop.reviews r
JOIN shop.products p ON p.id = r.product_id
GROUP BY p.id
HAVING count(*) >= 10
ORDER BY average_rating DESC, reviews DESC, product;

-- question: What do customers complain about in their reviews?
SELECT complaint, count(*) AS reviews
FROM shop.reviews r
CROSS JOIN LATERAL jsonb_array_elements_text(r.body -> 'cons') AS complaint
GROUP BY complaint
ORDER BY reviews DESC, complaint;

-- question: Which reviews with one star did others find most helpful?
SELECT p.name AS product, r.body ->> 'title' AS title, r.body ->> 'text' AS review, (r.body #>> '{helpful,yes}')::integer AS helpful
FROM shop.reviews r
JOIN shop.products p ON p.id = r.product_id
WHERE r.body @> '{"rating": 1}'
ORDER BY helpful DESC, r.id
LIMIT 10;

-- question: Which products are vegan and organic?
SELECT p.sku, p.name AS product, p.tags, p.price
FROM shop.products p
WHERE p.tags @> ARRAY['vegan', 'organic'] AND NOT p.discontinued
ORDER BY p.name;

-- question: How many products carry each tag?
SELECT tag, count(*) AS products, round(avg(p.price), 2) AS average_price
FROM shop.products p
CROSS JOIN LATERAL unnest(p.tags) AS tag
GROUP BY tag
ORDER BY products DESC, tag;

-- question: Which products must be reordered?
SELECT p.sku, p.name AS product, p.stock, p.reorder_level, s.name AS supplier, s.contact_email
FROM shop.products p
JOIN shop.suppliers s ON s.id = p.supplier_id
WHERE p.stock < p.reorder_level AND NOT p.discontinued AND s.active
ORDER BY p.stock - p.reorder_level, p.sku;

-- question: Which suppliers bring in the most profit?
SELECT s.name AS supplier, co.name AS country,
  sum(round(l.quantity * (l.unit_price * (1 - l.discount) - p.cost), 2)) AS profit
FROM shop.order_lines l
JOIN shop.orders o ON o.id = l.order_id
JOIN shop.products p ON p.id = l.product_id
JOIN shop.suppliers s ON s.id = p.supplier_id
JOIN shop.countries co ON co.code = s.country_code
WHERE o.status NOT IN ('cancelled', 'returned')
GROUP BY s.id, co.name
ORDER BY profit DESC, supplier;

-- question: How did revenue grow from quarter to quarter?
WITH quarters AS (
  SELECT date_trunc('quarter', m.month)::date AS quarter, sum(m.revenue) AS revenue
  FROM shop.monthly_sales m
  GROUP BY date_trunc('quarter', m.month)
)
SELECT q.quarter, q.revenue,
  round(100 * (q.revenue / lag(q.revenue) OVER (ORDER BY q.quarter) - 1), 1) AS growth_percent,
  sum(q.revenue) OVER (ORDER BY q.quarter) AS revenue_so_far
FROM quarters q
ORDER BY q.quarter;

-- question: What is the best-selling product of each category?
SELECT category, product, pieces
FROM (
  SELECT c.name AS category, p.name AS product, sum(l.quantity) AS pieces,
    row_number() OVER (PARTITION BY c.id ORDER BY sum(l.quantity) DESC, p.id) AS place
  FROM shop.order_lines l
  JOIN shop.products p ON p.id = l.product_id
  JOIN shop.categories c ON c.id = p.category_id
  GROUP BY c.id, p.id
) AS ranked
WHERE place = 1
ORDER BY category;

-- question: How many products does each category have, with its parent category?
SELECT parent.name AS parent_category, c.name AS category, count(p.id) AS products
FROM shop.categories c
JOIN shop.categories parent ON parent.id = c.parent_id
LEFT JOIN shop.products p ON p.category_id = c.id
GROUP BY parent.name, c.name
ORDER BY parent_category, category;

-- question: What do visitors search for, and which searches find nothing?
SELECT e.details ->> 'query' AS query, count(*) AS searches, round(avg((e.details ->> 'hits')::integer), 1) AS average_hits
FROM shop.events e
WHERE e.kind = 'search'
GROUP BY query
ORDER BY searches DESC, query;

-- question: How many events of each kind were there per device in 2025?
SELECT e.kind, e.details ->> 'device' AS device, count(*) AS events
FROM shop.events e
WHERE e.occurred_at >= '2025-01-01 00:00:00+00' AND e.occurred_at < '2026-01-01 00:00:00+00'
GROUP BY e.kind, device
ORDER BY e.kind, events DESC, device;

-- question: On which weekday are the most orders placed?
SELECT to_char(o.ordered_at AT TIME ZONE 'UTC', 'FMDay') AS weekday, count(*) AS orders
FROM shop.orders o
GROUP BY extract(isodow FROM o.ordered_at AT TIME ZONE 'UTC'), weekday
ORDER BY extract(isodow FROM o.ordered_at AT TIME ZONE 'UTC');

-- question: Which employees took the most orders?
SELECT e.first_name || ' ' || e.last_name AS employee, e.title, count(*) AS orders, sum(t.total) AS revenue
FROM shop.orders o
JOIN shop.order_totals t ON t.order_id = o.id
JOIN hr.employees e ON e.id = o.employee_id
GROUP BY e.id
ORDER BY orders DESC, employee;

-- question: Who reports to whom?
SELECT m.first_name || ' ' || m.last_name AS manager, m.title AS manager_title, count(*) AS reports,
  string_agg(e.first_name || ' ' || e.last_name, ', ' ORDER BY e.last_name, e.id) AS employees
FROM hr.employees e
JOIN hr.employees m ON m.id = e.manager_id
WHERE e.left_on IS NULL
GROUP BY m.id
ORDER BY reports DESC, manager;

-- question: What is the average salary per department?
SELECT d.name AS department, count(*) AS employees, round(avg(e.salary), 2) AS average_salary, max(e.salary) AS highest_salary
FROM hr.employees e
JOIN hr.departments d ON d.id = e.department_id
WHERE e.left_on IS NULL
GROUP BY d.name
ORDER BY average_salary DESC;

-- question: How many days of sickness were there per department and year?
SELECT d.name AS department, extract(year FROM a.starts_on)::integer AS year, sum(a.ends_on - a.starts_on + 1) AS days
FROM hr.absences a
JOIN hr.employees e ON e.id = a.employee_id
JOIN hr.departments d ON d.id = e.department_id
WHERE a.kind = 'sickness'
GROUP BY d.name, year
ORDER BY department, year;

-- question: In which cities do both customers and employees live?
SELECT h.city, count(DISTINCT h.employee_id) AS employees, count(DISTINCT s.customer_id) AS customers
FROM hr.addresses h
JOIN shop.addresses s ON s.city = h.city AND s.country_code = h.country_code
GROUP BY h.city
ORDER BY customers DESC, h.city;

-- question: What have our business customers spent so far?
SELECT c.company, co.name AS country, shop.lifetime_value(c.id) AS spent
FROM shop.customers c
JOIN shop.countries co ON co.code = c.country_code
WHERE c.company IS NOT NULL
ORDER BY spent DESC, c.id
LIMIT 20;
