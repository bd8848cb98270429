-- The rows of the sample database. Everything is derived from row numbers by a hash, so every load gives the same rows:
-- no random(), no now(). The schema `build` holds the raw material and is dropped at the end.

CREATE SCHEMA build;

-- A number in [0, 1) that looks random: n is the row, salt the purpose.
CREATE FUNCTION build.roll(n bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(n, salt) & 4503599627370495)::double precision / 4503599627370496;

CREATE FUNCTION build.pick(choices text[], roll double precision) RETURNS text LANGUAGE sql IMMUTABLE
RETURN choices[1 + floor(roll * cardinality(choices))::integer];

CREATE FUNCTION build.email_name(name text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN regexp_replace(translate(lower(name), 'áàâãäåçéèêëíìîïñóòôõöøúùûüýÿßø', 'aaaaaaceeeeiiiinoooooouuuuyyso'), '[^a-z]', '', 'g');

INSERT INTO shop.countries VALUES
  ('US', 'United States', 'North America', 'USD'), ('DE', 'Germany', 'Europe', 'EUR'),
  ('GB', 'United Kingdom', 'Europe', 'GBP'), ('FR', 'France', 'Europe', 'EUR'),
  ('ES', 'Spain', 'Europe', 'EUR'), ('IT', 'Italy', 'Europe', 'EUR'),
  ('NL', 'Netherlands', 'Europe', 'EUR'), ('SE', 'Sweden', 'Europe', 'SEK'),
  ('BR', 'Brazil', 'South America', 'BRL'), ('PE', 'Peru', 'South America', 'PEN'),
  ('JP', 'Japan', 'Asia', 'JPY'), ('IN', 'India', 'Asia', 'INR');

-- Names, cities and streets of each country; share is its part of the customers.
CREATE TABLE build.places (code char(2), share numeric, first text[], last text[], cities text[], streets text[], digits text);
INSERT INTO build.places VALUES
('US', 0.22,
 '{Emily,James,Ashley,Michael,Jessica,David,Sarah,Tyler,Megan,Marcus,Hannah,Jordan,Olivia,Ethan}',
 '{Miller,Johnson,Williams,Garcia,Brown,Davis,Thompson,Nguyen,Carter,Walker,Rivera,Bennett,Foster,Hughes}',
 '{Denver,Portland,Seattle,Boulder,Chicago,Austin,Boston,"Salt Lake City"}', '{Maple Street,Oak Avenue,Cedar Lane,Pine Road,Lakeview Drive}', '#####'),
('DE', 0.17,
 '{Anna,Lukas,Katharina,Jonas,Lena,Felix,Sabine,Matthias,Julia,Tobias,Claudia,Stefan,Hannah,Moritz}',
 '{Müller,Schmidt,Schneider,Fischer,Weber,Wagner,Becker,Hoffmann,Schäfer,Koch,Bauer,Richter,Krüger,Vogel}',
 '{Berlin,München,Hamburg,Köln,Leipzig,Freiburg,Stuttgart}', '{Lindenstraße,Bergstraße,Gartenweg,Schillerstraße,Am Mühlbach}', '#####'),
('GB', 0.12,
 '{Oliver,Charlotte,Harry,Amelia,George,Isla,Jack,Poppy,Alfie,Grace,Callum,Freya,Imogen,Rhys}',
 '{Smith,Jones,Taylor,Evans,Wilson,Clarke,Hall,Patel,Wright,Campbell,Murray,Davies,Ellis,Shaw}',
 '{London,Manchester,Edinburgh,Bristol,Leeds,Cardiff}', '{High Street,Station Road,Church Lane,Mill Road,Victoria Terrace}', 'EH# #QT'),
('FR', 0.11,
 '{Camille,Louis,Manon,Hugo,Chloé,Antoine,Élodie,Julien,Léa,Thomas,Inès,Mathieu,Juliette,Rémi}',
 '{Martin,Bernard,Dubois,Laurent,Lefebvre,Moreau,Girard,Roux,Fournier,Mercier,Blanc,Garnier,Chevalier,Faure}',
 '{Paris,Lyon,Grenoble,Toulouse,Bordeaux,Nantes}', '{Rue de la République,Rue Victor Hugo,Avenue des Alpes,Rue du Moulin,Allée des Tilleuls}', '#####'),
('ES', 0.08,
 '{Lucía,Pablo,Carmen,Javier,Marta,Sergio,Elena,Álvaro,Nuria,Diego,Irene,Iker}',
 '{García,Fernández,López,Martínez,Sánchez,Romero,Navarro,Torres,Iglesias,Ortega,Castro,Vidal}',
 '{Madrid,Barcelona,Valencia,Bilbao,Granada}', '{Calle Mayor,Calle del Sol,Avenida de la Paz,Calle Real,Paseo del Prado}', '#####'),
('IT', 0.07,
 '{Giulia,Marco,Chiara,Luca,Francesca,Matteo,Elisa,Davide,Sara,Andrea,Valentina,Simone}',
 '{Rossi,Russo,Ferrari,Esposito,Bianchi,Romano,Colombo,Ricci,Greco,Conti,Marino,Galli}',
 '{Milano,Roma,Torino,Bologna,Bolzano}', '{Via Roma,Via Garibaldi,Via Dante,Corso Italia,Viale dei Mille}', '#####'),
('NL', 0.07,
 '{Sanne,Daan,Lotte,Bram,Fleur,Thijs,Eva,Jeroen,Maud,Sven,Anouk,Ruben}',
 '{"de Vries",Jansen,"van den Berg",Bakker,Visser,Smit,Meijer,"de Boer",Mulder,Bos,Hendriks,Dekker}',
 '{Amsterdam,Utrecht,Rotterdam,Groningen}', '{Dorpsstraat,Kerkstraat,Molenweg,Stationsweg,Julianalaan}', '#### XK'),
('SE', 0.04,
 '{Astrid,Erik,Ebba,Oskar,Linnea,Viktor,Maja,Gustav,Elsa,Nils}',
 '{Andersson,Johansson,Karlsson,Nilsson,Lindberg,Bergström,Holm,Lundqvist,Sjöberg,Ekström}',
 '{Stockholm,Göteborg,Malmö,Uppsala}', '{Storgatan,Skolgatan,Björkvägen,Kungsgatan}', '### ##'),
('BR', 0.04,
 '{Ana,João,Beatriz,Rafael,Larissa,Thiago,Camila,Bruno,Mariana,Felipe}',
 '{Silva,Santos,Oliveira,Souza,Pereira,Costa,Almeida,Ribeiro,Carvalho,Barbosa}',
 '{"São Paulo","Rio de Janeiro",Curitiba,"Porto Alegre"}', '{Rua das Flores,Avenida Paulista,Rua São João,Rua da Praia}', '#####-###'),
('PE', 0.03,
 '{Rosa,Carlos,Milagros,José,Fiorella,Renzo,Ximena,Álvaro,Killa,Inti}',
 '{Quispe,Mamani,Huamán,Flores,Rojas,Condori,Vargas,Salazar,Paredes,Cárdenas}',
 '{Lima,Cusco,Arequipa}', '{Avenida Arequipa,Calle Plateros,Jirón de la Unión,Calle Hatunrumiyoc}', '#####'),
('JP', 0.03,
 '{Yuki,Haruto,Sakura,Ren,Aoi,Sota,Hina,Kaito,Mei,Takumi}',
 '{Sato,Suzuki,Takahashi,Tanaka,Watanabe,Ito,Yamamoto,Nakamura,Kobayashi,Mori}',
 '{Tokyo,Osaka,Kyoto,Sapporo}', '{Sakura-dori,Midori-cho,Aoba,Honmachi}', '###-####'),
('IN', 0.02,
 '{Priya,Arjun,Ananya,Rohan,Kavya,Vikram,Neha,Aditya,Meera,Rahul}',
 '{Sharma,Patel,Iyer,Reddy,Nair,Gupta,Mehta,Rao,Banerjee,Kulkarni}',
 '{Bengaluru,Mumbai,Pune,Delhi}', '{MG Road,Brigade Road,Linking Road,Park Street}', '######');

CREATE FUNCTION build.post_code(form text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(CASE WHEN letter = '#' THEN (1 + floor(build.roll(n, 900 + place) * 9))::integer::text ELSE letter END, '' ORDER BY place)
  FROM regexp_split_to_table(form, '') WITH ORDINALITY AS t (letter, place));

-- Days from 2023 to 2025 with their weight: the shop grows, sells before Christmas and in summer, and best on Sundays and Mondays.
CREATE TABLE build.days AS
SELECT day, sum(weight) OVER (ORDER BY day) / sum(weight) OVER () AS upto
FROM (
  SELECT d::date AS day,
    (1 + 0.85 * (d::date - date '2023-01-01') / 1095.0)
    * (ARRAY[0.75, 0.70, 0.80, 0.90, 1.05, 1.20, 1.15, 0.90, 0.85, 1.00, 1.55, 1.90])[extract(month FROM d)::integer]
    * (ARRAY[1.20, 1.10, 0.95, 0.95, 0.95, 0.85, 0.90])[1 + extract(dow FROM d)::integer]
    * CASE WHEN d::date IN ('2023-11-24', '2024-11-29', '2025-11-28') THEN 4 WHEN extract(month FROM d) = 12 AND extract(day FROM d) > 21 THEN 0.4 ELSE 1 END AS weight
  FROM generate_series(timestamp '2023-01-01', timestamp '2025-12-31', interval '1 day') AS d
) AS weighted;
CREATE UNIQUE INDEX ON build.days (upto);
ANALYZE build.days;

-- A moment, by the weights above: rolls decide the day and the time, mostly between 8 and 22 o'clock UTC.
CREATE FUNCTION build.moment(of_day double precision, of_time double precision) RETURNS timestamptz LANGUAGE sql STABLE
RETURN (SELECT (day + time '06:00' + least(of_time + (of_time - 0.5) ^ 3, 0.9999) * interval '17 hours 30 minutes') AT TIME ZONE 'UTC'
  FROM build.days WHERE upto > of_day::numeric ORDER BY upto LIMIT 1);

-- hr

INSERT INTO hr.departments (name, city, annual_budget) VALUES
  ('Management', 'Berlin', 640000), ('Sales', 'Berlin', 1150000), ('Customer Care', 'Leipzig', 620000),
  ('Logistics', 'Leipzig', 980000), ('Purchasing', 'Hamburg', 540000), ('Marketing', 'Berlin', 760000),
  ('Engineering', 'Berlin', 1480000), ('Finance', 'Hamburg', 430000);

-- First the director, then the heads of the departments 2 to 8, then their people.
WITH places AS (
  SELECT n, build.roll(n, 1) AS r, p.*
  FROM generate_series(1, 64) AS n
  JOIN build.places p ON p.code = (ARRAY['DE', 'DE', 'DE', 'FR', 'GB', 'ES', 'NL', 'PE', 'IT', 'SE'])[1 + n % 10]
), people AS (
  SELECT n,
    (ARRAY['Pilar', 'Konrad', 'Aylin', 'Henrik', 'Mireille', 'Tamara', 'Dariusz', 'Ruth'])[n] AS chief_first,
    (ARRAY['Huamaní', 'Lindemann', 'Demir', 'Sandberg', 'Caron', 'Novak', 'Wolski', 'Abendroth'])[n] AS chief_last,
    build.pick(first, build.roll(n, 2)) AS first, build.pick(last, build.roll(n, 3)) AS last,
    CASE WHEN n <= 8 THEN n ELSE (ARRAY[2, 2, 2, 3, 3, 4, 4, 4, 5, 6, 7, 7, 7, 8])[1 + n % 14] END AS department
  FROM places
), named AS (
  SELECT n, coalesce(chief_first, first) AS first, coalesce(chief_last, last) AS last, department FROM people
)
INSERT INTO hr.employees (id, first_name, last_name, email, title, department_id, manager_id, salary, hired_on, left_on)
SELECT n, first, last,
  build.email_name(first) || '.' || build.email_name(last)
    || CASE WHEN row_number() OVER (PARTITION BY first, last ORDER BY n) > 1 THEN n::text ELSE '' END || '@apacheta.example',
  CASE WHEN n = 1 THEN 'Managing Director' WHEN n <= 8 THEN 'Head of ' || (SELECT name FROM hr.departments WHERE id = department)
    WHEN n <= 22 AND n % 14 IN (1, 5, 12) THEN 'Team Lead'
    ELSE (ARRAY['Assistant', 'Sales Advisor', 'Support Agent', 'Warehouse Specialist', 'Buyer', 'Campaign Manager', 'Software Engineer', 'Accountant'])[department] END,
  department,
  CASE WHEN n = 1 THEN NULL WHEN n <= 8 THEN 1
    WHEN n > 22 AND department IN (2, 4, 7) THEN CASE department WHEN 2 THEN 15 WHEN 4 THEN 19 ELSE 12 END
    ELSE department END,
  round((CASE WHEN n = 1 THEN 148000 WHEN n <= 8 THEN 88000 + 22000 * build.roll(n, 5)
    ELSE (ARRAY[50000, 41000, 35500, 34000, 46000, 47500, 66000, 49000])[department] * (0.9 + 0.45 * build.roll(n, 5)) END)::numeric, -2),
  date '2016-03-01' + CASE WHEN n <= 8 THEN (n * 61)::integer ELSE (500 + build.roll(n, 6) * 2900)::integer END,
  CASE WHEN n > 22 AND build.roll(n, 7) < 0.13 THEN date '2025-01-31' + (build.roll(n, 8) * 300)::integer END
FROM named;

INSERT INTO hr.addresses (employee_id, street, postal_code, city, country_code)
SELECT e.id, build.pick(p.streets, build.roll(e.id, 11)) || ' ' || (1 + floor(build.roll(e.id, 12) * 120))::integer,
  build.post_code(p.digits, e.id), CASE WHEN build.roll(e.id, 13) < 0.8 THEN d.city ELSE 'Potsdam' END, 'DE'
FROM hr.employees e
JOIN hr.departments d ON d.id = e.department_id
JOIN build.places p ON p.code = 'DE';

INSERT INTO hr.absences (employee_id, kind, starts_on, ends_on)
SELECT e.id, a.kind, a.starts_on,
  a.starts_on + CASE a.kind WHEN 'vacation' THEN 4 + floor(r * 12)::integer WHEN 'sickness' THEN floor(r * r * 9)::integer
    WHEN 'parental' THEN 40 + floor(r * 120)::integer ELSE 1 + floor(r * 3)::integer END
FROM hr.employees e
CROSS JOIN generate_series(1, 11) AS k
CROSS JOIN LATERAL (
  SELECT (CASE WHEN build.roll(e.id * 100 + k, 21) < 0.46 THEN 'vacation' WHEN build.roll(e.id * 100 + k, 21) < 0.86 THEN 'sickness'
      WHEN build.roll(e.id * 100 + k, 21) < 0.97 THEN 'training' ELSE 'parental' END)::hr.absence_kind AS kind,
    date '2023-01-09' + (k - 1) * 93 + floor(build.roll(e.id * 100 + k, 22) * 60)::integer AS starts_on,
    build.roll(e.id * 100 + k, 23) AS r
) AS a
WHERE a.starts_on > e.hired_on AND a.starts_on < coalesce(e.left_on, date '2025-12-10') AND build.roll(e.id * 100 + k, 24) < 0.85;

-- products

INSERT INTO shop.categories (id, parent_id, name, description) VALUES
  (1, NULL, 'Outdoor', 'For nights outside'), (2, NULL, 'Clothing', 'Wool, down and rain'),
  (3, NULL, 'Kitchen', 'For the stove and the table'), (4, NULL, 'Home', 'For evenings inside'), (5, NULL, 'Books & Maps', NULL),
  (6, 1, 'Tents', 'From one person to six'), (7, 1, 'Backpacks', 'Day packs and trekking packs'),
  (8, 1, 'Sleeping Bags', 'Down and synthetic'), (9, 1, 'Lamps', 'Head lamps and lanterns'),
  (10, 2, 'Jackets', 'Rain, wind and down'), (11, 2, 'Knitwear', 'Alpaca and merino'), (12, 2, 'Shoes', 'Boots and sandals'),
  (13, 2, 'Hats & Gloves', NULL), (14, 3, 'Coffee', 'Single origin, roasted weekly'), (15, 3, 'Tea', 'Leaf and herbs'),
  (16, 3, 'Cookware', 'For camp and kitchen'), (17, 3, 'Chocolate', 'Bean to bar'), (18, 4, 'Blankets', 'Woven and knitted'),
  (19, 4, 'Ceramics', 'Thrown by hand'), (20, 5, 'Guidebooks', NULL), (21, 5, 'Maps', 'On waterproof paper');

INSERT INTO shop.suppliers (name, country_code, contact_email, rating, account_manager_id, active)
SELECT name, code, CASE WHEN n % 7 <> 3 THEN 'sales@' || build.email_name(name) || '.example' END,
  CASE WHEN n % 9 <> 4 THEN round((2.6 + 2.4 * sqrt(build.roll(n, 31)))::numeric, 1) END,
  CASE WHEN n % 8 <> 6 THEN (ARRAY[5, 9, 17, 31])[1 + n % 4] END, n NOT IN (11, 20)
FROM (VALUES
  (1, 'Cordillera Textil', 'PE'), (2, 'Alpaca del Sur', 'PE'), (3, 'Nordvik Tält', 'SE'), (4, 'Fjällkompaniet', 'SE'),
  (5, 'Harzer Zeltbau', 'DE'), (6, 'Bergfreund Ausrüstung', 'DE'), (7, 'Kessler Lampen', 'DE'), (8, 'Highland Packs', 'GB'),
  (9, 'Pennine Wool Mill', 'GB'), (10, 'Atelier Mont Blanc', 'FR'), (11, 'Papeterie Vauban', 'FR'), (12, 'Dolomiti Scarpe', 'IT'),
  (13, 'Torrefazione Duomo', 'IT'), (14, 'Cerámica Albaicín', 'ES'), (15, 'Editorial Sierra', 'ES'), (16, 'Polder Maps', 'NL'),
  (17, 'Chocolade Meesters', 'NL'), (18, 'Cascade Gear', 'US'), (19, 'Rocky Ridge Outfitters', 'US'), (20, 'Blue Mesa Books', 'US'),
  (21, 'Café Serra Alta', 'BR'), (22, 'Nilgiri Tea Estate', 'IN'), (23, 'Uji Cha', 'JP'), (24, 'Takumi Cookware', 'JP')
) AS s (n, name, code);

-- For each category its kinds of product, who makes them, prices and weights; each kind comes in five models.
CREATE TABLE build.ranges (category_id integer, kinds text[], suppliers integer[], low numeric, high numeric, grams integer, tags text[]);
INSERT INTO build.ranges VALUES
  (6, '{Solo Tent,Dome Tent,Tunnel Tent,Family Tent}', '{3,5,18}', 129, 690, 3200, '{waterproof,trekking,family}'),
  (7, '{Daypack 22 L,Trekking Pack 45 L,Expedition Pack 65 L,Courier Bag}', '{8,18,6}', 49, 260, 1400, '{trekking,recycled,waterproof}'),
  (8, '{Summer Sleeping Bag,Three-Season Sleeping Bag,Winter Sleeping Bag,Silk Liner}', '{4,19,6}', 45, 420, 1300, '{trekking,down,vegan}'),
  (9, '{Head Lamp,Camp Lantern,Solar Lantern,Bike Light}', '{7,18}', 19, 89, 210, '{waterproof,gift,solar}'),
  (10, '{Rain Jacket,Wind Jacket,Down Jacket,Softshell Jacket}', '{10,4,19}', 79, 380, 620, '{waterproof,recycled,down}'),
  (11, '{Alpaca Sweater,Merino Shirt,Alpaca Cardigan,Poncho}', '{1,2,9}', 55, 240, 480, '{alpaca,handmade,fair-trade,organic}'),
  (12, '{Hiking Boots,Approach Shoes,Trail Sandals,Winter Boots}', '{12,6}', 59, 260, 1150, '{waterproof,vegan,trekking}'),
  (13, '{Chullo Hat,Beanie,Gloves,Mittens}', '{1,2,9}', 18, 65, 110, '{alpaca,handmade,gift,fair-trade}'),
  (14, '{Espresso 1 kg,Filter Coffee 500 g,Decaf 500 g,Green Beans 1 kg}', '{13,21}', 9, 34, 800, '{organic,fair-trade,vegan,gift}'),
  (15, '{Green Tea,Black Tea,Herbal Tea,Matcha}', '{22,23}', 6, 38, 150, '{organic,vegan,gift,fair-trade}'),
  (16, '{Moka Pot,Camping Stove,Cast-Iron Pan,Titanium Mug}', '{24,18,13}', 22, 149, 900, '{trekking,gift}'),
  (17, '{Dark Chocolate 70 %,Milk Chocolate 45 %,Drinking Chocolate,Chocolate with Quinoa}', '{17,21}', 4, 19, 130, '{organic,fair-trade,gift,vegan}'),
  (18, '{Alpaca Throw,Wool Blanket,Picnic Blanket,Baby Blanket}', '{1,9,2}', 39, 220, 1100, '{alpaca,handmade,gift,organic}'),
  (19, '{Coffee Cup,Salad Bowl,Dinner Plate,Vase}', '{14}', 12, 95, 650, '{handmade,gift}'),
  (20, '{Hiking Guide,Climbing Guide,Travel Guide,Bird Guide}', '{15,20,11}', 14, 36, 420, '{gift,recycled}'),
  (21, '{Hiking Map,Road Map,Wall Map,Cycling Map}', '{16,11}', 8, 45, 120, '{waterproof,gift}');
CREATE TABLE build.models (n integer, name text, place text);
INSERT INTO build.models
SELECT n, name, place FROM unnest(
  '{Salkantay,Ausangate,Vicuña,Condor,Misti,Inti,Killa,Colca,Puna,Pacha,Urubamba,Titicaca,Chaski,Quilla,Sajama,Illimani,Huayhuash,Pisac,Apu,Amaru}'::text[],
  '{Dolomites,Pyrenees,Cordillera Blanca,Scottish Highlands,Black Forest,Lake District,Patagonia,Hokkaido,Ladakh,Lapland,Corsica,Sierra Nevada,Harz,Vercors,Cascades,Madeira,Abruzzo,Jotunheimen,Azores,Yosemite}'::text[]
) WITH ORDINALITY AS t (name, place, n);

-- share is how well a product sells: a few sell very well, some not at all.
CREATE TABLE build.products AS
SELECT row_number() OVER (ORDER BY g.category_id, k, m)::integer AS id, g.*, k, m,
  g.kinds[k] AS kind, md.name AS model, md.place
FROM build.ranges g
CROSS JOIN generate_series(1, 4) AS k
CROSS JOIN generate_series(1, 5) AS m
JOIN build.models md ON md.n = 1 + (g.category_id * 7 + k * 5 + m) % 20;

INSERT INTO shop.products (id, sku, name, category_id, supplier_id, price, cost, tags, weight_grams, stock, reorder_level, listed_on, discontinued)
SELECT p.id, upper(left(c.name, 2)) || '-' || (1000 + category_id * 100 + k * 20 + m),
  CASE WHEN category_id >= 20 THEN p.kind || ' ' || p.place ELSE p.model || ' ' || p.kind END,
  category_id, suppliers[1 + floor(build.roll(p.id, 41) * cardinality(suppliers))::integer], price,
  round(price * (0.38 + 0.3 * build.roll(p.id, 43))::numeric, 2),
  ARRAY(SELECT tag FROM unnest(p.tags) WITH ORDINALITY AS t (tag, i) WHERE build.roll(p.id * 10 + i, 44) < 0.45 ORDER BY tag)
    || CASE WHEN build.roll(p.id, 51) < 0.05 THEN '{bestseller}'::text[] ELSE '{}' END,
  CASE WHEN build.roll(p.id, 45) > 0.06 THEN round((grams * (0.7 + 0.6 * build.roll(p.id, 46)))::numeric, -1)::integer END,
  CASE WHEN build.roll(p.id, 47) < 0.05 THEN 0 ELSE floor(400 * build.roll(p.id, 48) ^ 2)::integer END,
  10 * (1 + floor(build.roll(p.id, 49) * 4)::integer),
  CASE WHEN build.roll(p.id, 50) < 0.65 THEN date '2022-10-01' + (p.id % 90) ELSE date '2023-01-01' + floor(build.roll(p.id, 52) * 1000)::integer END,
  build.roll(p.id, 53) < 0.06
FROM (
  SELECT *, floor(low + (high - low) * ((k * 0.17 + m * 0.06) * 0.6 + 0.4 * build.roll(id, 42))::numeric)
    + (ARRAY[0.90, 0.95, 0.00, 0.50])[1 + id % 4] AS price
  FROM build.products
) AS p
JOIN shop.categories c ON c.id = p.category_id;

CREATE TABLE build.product_shares AS
SELECT id, listed_on, sum(weight) OVER (ORDER BY listed_on, id) AS upto
FROM (
  SELECT id, listed_on, power(0.02 + build.roll(id, 54), -0.75)
    * (40 / (15 + price::double precision)) ^ 0.35 * CASE WHEN 'bestseller' = ANY (tags) THEN 9 ELSE 1 END AS weight
  FROM shop.products
  WHERE build.roll(id, 55) > 0.035
) AS weighted;
CREATE UNIQUE INDEX ON build.product_shares (upto);
CREATE INDEX ON build.product_shares (listed_on, upto);
ANALYZE build.product_shares;

-- customers

WITH shares AS (
  SELECT p.*, sum(share) OVER (ORDER BY share DESC, code) AS upto, sum(share) OVER (ORDER BY share DESC, code) - share AS above FROM build.places p
), accounts AS (
  SELECT row_number() OVER (ORDER BY build.moment(build.roll(n, 61) ^ 1.35, build.roll(n, 62)), n) AS id,
    build.moment(build.roll(n, 61) ^ 1.35, build.roll(n, 62)) AS created_at
  FROM generate_series(1, 2400) AS n
), people AS (
  SELECT a.*, s.code, build.pick(s.first, build.roll(id, 64)) AS first, build.pick(s.last, build.roll(id, 65)) AS last,
    build.pick(s.cities, build.roll(id, 66) ^ 1.6) AS city
  FROM accounts a
  JOIN shares s ON build.roll(id, 63) >= s.above AND build.roll(id, 63) < s.upto
)
INSERT INTO shop.customers (id, first_name, last_name, email, phone, country_code, city, birth_date, company, newsletter, created_at)
SELECT id, first, last,
  build.email_name(first) || '.' || build.email_name(last)
    || CASE WHEN row_number() OVER same_name > 1 THEN (row_number() OVER same_name)::text ELSE '' END
    || '@' || build.pick('{mail.example,post.example,inbox.example,web.example}', build.roll(id, 67)),
  CASE WHEN build.roll(id, 68) < 0.62 THEN '+' || (ARRAY[49, 33, 44, 34, 39])[1 + id % 5] || ' ' || (100000000 + floor(build.roll(id, 69) * 899999999))::bigint END,
  code, city,
  CASE WHEN build.roll(id, 70) < 0.71 THEN date '2005-06-30' - floor(365.25 * 58 * (build.roll(id, 71) + build.roll(id, 72)) / 2)::integer END,
  CASE WHEN build.roll(id, 73) < 0.06 THEN last || build.pick('{" & Partner"," Trekking"," Hotels"," Studio"," Events"}', build.roll(id, 74)) END,
  build.roll(id, 75) < 0.47, created_at
FROM people
WINDOW same_name AS (PARTITION BY first, last ORDER BY id);

INSERT INTO shop.addresses (customer_id, kind, street, postal_code, city, country_code)
SELECT c.id, (ARRAY['home', 'work', 'gift'])[k],
  CASE WHEN c.country_code IN ('US', 'GB', 'FR') THEN (1 + floor(build.roll(c.id * 4 + k, 81) * 180))::integer || ' ' || street
    ELSE street || ' ' || (1 + floor(build.roll(c.id * 4 + k, 81) * 140))::integer END,
  build.post_code(p.digits, c.id * 4 + k),
  CASE WHEN k = 3 THEN build.pick(p.cities, build.roll(c.id * 4 + k, 82)) ELSE c.city END, c.country_code
FROM shop.customers c
CROSS JOIN generate_series(1, 3) AS k
JOIN build.places p ON p.code = c.country_code
CROSS JOIN LATERAL (SELECT build.pick(p.streets, build.roll(c.id * 4 + k, 83)) AS street) AS s
WHERE k = 1 OR build.roll(c.id * 4 + k, 84) < CASE k WHEN 2 THEN 0.14 ELSE 0.11 END
ORDER BY c.id, k;

-- Four in five customers buy; share is how often.
CREATE TABLE build.buyers AS
SELECT id, created_at, sum(power(0.03 + build.roll(id, 85), -0.6) * CASE WHEN company IS NULL THEN 1 ELSE 2 END) OVER (ORDER BY id) AS upto
FROM shop.customers
WHERE build.roll(id, 86) > 0.19;
CREATE UNIQUE INDEX ON build.buyers (upto);
CREATE INDEX ON build.buyers (created_at, upto);
ANALYZE build.buyers, shop.customers, shop.addresses;

-- orders

CREATE TABLE build.orders AS
SELECT row_number() OVER (ORDER BY ordered_at, n)::integer AS id, ordered_at
FROM (SELECT n, build.moment(build.roll(n, 91), build.roll(n, 92)) AS ordered_at FROM generate_series(1, 7400) AS n) AS moments
WHERE ordered_at > (SELECT min(created_at) FROM build.buyers);

INSERT INTO shop.orders (id, customer_id, shipping_address_id, employee_id, status, channel, coupon, ordered_at)
SELECT o.id, b.id, a.id,
  CASE WHEN channel IN ('phone', 'store') THEN (SELECT e.id FROM hr.employees e WHERE e.department_id IN (2, 3)
    AND e.hired_on < o.ordered_at AND (e.left_on IS NULL OR e.left_on > o.ordered_at) ORDER BY build.roll(o.id * 100 + e.id, 93) ^ (1 + e.id % 3) LIMIT 1) END,
  (CASE WHEN build.roll(o.id, 94) < 0.055 THEN 'cancelled'
    WHEN o.ordered_at > timestamptz '2025-12-30 00:00Z' THEN CASE WHEN build.roll(o.id, 95) < 0.5 THEN 'pending' ELSE 'paid' END
    WHEN o.ordered_at > timestamptz '2025-12-27 00:00Z' THEN CASE WHEN build.roll(o.id, 95) < 0.6 THEN 'paid' ELSE 'shipped' END
    WHEN o.ordered_at > timestamptz '2025-12-19 00:00Z' THEN 'shipped'
    WHEN build.roll(o.id, 96) < 0.012 THEN 'pending'
    WHEN build.roll(o.id, 96) < 0.05 THEN 'returned'
    ELSE 'delivered' END)::shop.order_status,
  channel,
  CASE WHEN extract(month FROM o.ordered_at) = 11 AND extract(day FROM o.ordered_at) > 20 AND build.roll(o.id, 97) < 0.4 THEN 'BLACKWEEK'
    WHEN build.roll(o.id, 97) < 0.05 THEN 'WELCOME10' WHEN build.roll(o.id, 97) < 0.08 THEN 'SUMMIT15' END,
  o.ordered_at
FROM build.orders o
CROSS JOIN LATERAL (SELECT upto AS total FROM build.buyers WHERE created_at <= o.ordered_at ORDER BY created_at DESC, upto DESC LIMIT 1) AS known
CROSS JOIN LATERAL (SELECT id FROM build.buyers WHERE upto > build.roll(o.id, 98) * known.total ORDER BY upto LIMIT 1) AS b
CROSS JOIN LATERAL (SELECT id FROM shop.addresses WHERE customer_id = b.id ORDER BY build.roll(o.id * 4 + id, 99) * CASE kind WHEN 'home' THEN 0.4 ELSE 1 END LIMIT 1) AS a
CROSS JOIN LATERAL (SELECT build.pick('{web,web,web,web,web,web,app,app,app,app,phone,store}',
  greatest(0, least(build.roll(o.id, 100) + 0.06 * (extract(year FROM o.ordered_at)::double precision - 2024) * (build.roll(o.id, 101) - 0.3), 0.9999))) AS channel) AS ch
ORDER BY o.id;

-- Between one and six products each; a product that comes up twice in an order stays once.
CREATE TABLE build.lines AS
SELECT DISTINCT ON (o.id, p.id) o.id AS order_id, p.id AS product_id, o.id * 8 + k AS n, o.ordered_at, o.coupon, c.company
FROM shop.orders o
JOIN shop.customers c ON c.id = o.customer_id
CROSS JOIN generate_series(1, 6) AS k
CROSS JOIN LATERAL (SELECT upto AS total FROM build.product_shares WHERE listed_on <= (o.ordered_at AT TIME ZONE 'UTC')::date ORDER BY listed_on DESC, upto DESC LIMIT 1) AS known
CROSS JOIN LATERAL (SELECT id FROM build.product_shares WHERE upto > build.roll(o.id * 8 + k, 111) * known.total ORDER BY upto LIMIT 1) AS p
WHERE k = 1 OR k <= 1 + floor(5.2 * build.roll(o.id, 112) ^ 2)
ORDER BY o.id, p.id, k;

INSERT INTO shop.order_lines (order_id, line_no, product_id, quantity, unit_price, discount)
SELECT l.order_id, row_number() OVER (PARTITION BY l.order_id ORDER BY l.n), l.product_id,
  CASE WHEN l.company IS NOT NULL THEN 2 + floor(7 * build.roll(l.n, 113) ^ 2)::integer
    WHEN p.price < 40 THEN 1 + floor(3.4 * build.roll(l.n, 113) ^ 3)::integer
    WHEN build.roll(l.n, 113) < 0.06 THEN 2 ELSE 1 END,
  round(p.price * (ARRAY[0.93, 0.97, 1])[extract(year FROM l.ordered_at)::integer - 2022], 2),
  CASE l.coupon WHEN 'BLACKWEEK' THEN 0.20 WHEN 'WELCOME10' THEN 0.10 WHEN 'SUMMIT15' THEN 0.15
    ELSE CASE WHEN build.roll(l.n, 114) < 0.04 THEN 0.05 ELSE 0 END END
FROM build.lines l
JOIN shop.products p ON p.id = l.product_id
ORDER BY l.order_id, l.n;
ANALYZE shop.orders, shop.order_lines;

CREATE TABLE build.totals AS
SELECT o.id, o.status, o.ordered_at, t.total, c.country_code, c.company,
  build.pick(CASE WHEN c.company IS NOT NULL THEN '{bank transfer,bank transfer,card}'::text[]
    WHEN c.country_code IN ('DE', 'NL') THEN '{paypal,paypal,card,bank transfer,bank transfer}' ELSE '{card,card,card,card,paypal,paypal,bank transfer}' END,
    build.roll(o.id, 121)) AS method
FROM shop.orders o
JOIN shop.order_totals t ON t.order_id = o.id
JOIN shop.customers c ON c.id = o.customer_id;

-- One in thirty pays a part with a gift card; a few invoices are still open; what is returned or cancelled late is refunded.
INSERT INTO shop.payments (order_id, method, amount, paid_at)
SELECT id, method, amount, paid_at
FROM (
  SELECT id, 1 AS step, 'gift card' AS method, least(25.00, round(total / 2, 2)) AS amount, ordered_at + interval '1 minute' AS paid_at
  FROM build.totals WHERE status NOT IN ('pending', 'cancelled') AND build.roll(id, 122) < 0.033
  UNION ALL
  SELECT id, 2, method, total - CASE WHEN build.roll(id, 122) < 0.033 THEN least(25.00, round(total / 2, 2)) ELSE 0 END,
    ordered_at + CASE method WHEN 'bank transfer' THEN build.roll(id, 123) * interval '4 days' + interval '5 hours' ELSE build.roll(id, 123) * interval '3 minutes' + interval '30 seconds' END
  FROM build.totals
  WHERE status <> 'pending' AND (status <> 'cancelled' OR build.roll(id, 124) < 0.4)
    AND NOT (company IS NOT NULL AND status = 'delivered' AND build.roll(id, 125) < 0.05)
  UNION ALL
  SELECT id, 3, method, -total, ordered_at + interval '6 days' + build.roll(id, 126) * interval '15 days'
  FROM build.totals
  WHERE status = 'returned' OR (status = 'cancelled' AND build.roll(id, 124) < 0.4)
) AS money
WHERE paid_at < timestamptz '2026-01-01 00:00Z'
ORDER BY paid_at, id, step;

INSERT INTO shop.shipments (order_id, carrier, tracking_number, shipped_at, delivered_at)
SELECT id, carrier, 'AP' || to_char(id, 'FM000000') || k || 'X' || upper(to_hex(floor(build.roll(id * 2 + k, 131) * 65535)::integer)), shipped_at,
  CASE WHEN status IN ('delivered', 'returned') THEN shipped_at + interval '20 hours' + (1 + days * build.roll(id * 2 + k, 132) ^ 1.7) * interval '1 day' END
FROM (
  SELECT t.*, k, build.pick(carriers, build.roll(id, 133)) AS carrier, days,
    t.ordered_at + interval '7 hours' + build.roll(t.id * 2 + k, 134) ^ 2 * interval '2 days 12 hours' + (k - 1) * interval '1 day' AS shipped_at
  FROM build.totals t
  CROSS JOIN generate_series(1, 2) AS k
  JOIN (VALUES
    ('Europe', '{DHL,DHL,DHL,DPD,DPD,GLS}'::text[], 4), ('North America', '{UPS,UPS,FedEx,DHL}', 7),
    ('South America', '{DHL,FedEx,Serpost}', 12), ('Asia', '{FedEx,DHL,Yamato}', 9)
  ) AS way (region, carriers, days) ON way.region = (SELECT region FROM shop.countries WHERE code = t.country_code)
  WHERE t.status IN ('shipped', 'delivered', 'returned') AND (k = 1 OR (t.total > 300 AND build.roll(t.id, 135) < 0.2))
) AS parcels
ORDER BY shipped_at, id, k;

-- reviews: one in eight lines that were delivered; good products get good ratings

CREATE TABLE build.phrases (rating integer, titles text[], texts text[]);
INSERT INTO build.phrases VALUES
  (1, '{Broke after a week,Not as described,Send it back}', '{"It broke the first time I used it.","Nothing like the pictures, very disappointed.","Customer care did not answer for ten days."}'),
  (2, '{Expected more,Too expensive for what it is,Meh}', '{"The idea is good, the seams are not.","For this price I expected better material.","It arrived late and scratched."}'),
  (3, '{It is okay,Decent,Does what it should}', '{"Fine for the garden, I would not take it to the mountains.","Solid, but the colour is different.","Does its job, nothing more."}'),
  (4, '{Very good,Nearly perfect,Would buy again}', '{"Used it for two weeks in the rain, no complaints.","Good quality; one star less for the packaging.","Feels well made and arrived quickly."}'),
  (5, '{Love it,Best I ever had,A gift that was a success,Perfect}', '{"Carried it around the whole Huayhuash circuit. Wonderful.","My sister wants one too.","Exactly what I was looking for, and the parcel came in two days.","Warm, light and beautiful."}');

INSERT INTO shop.reviews (product_id, customer_id, body, created_at)
SELECT product_id, customer_id,
  jsonb_strip_nulls(jsonb_build_object(
    'rating', rating, 'title', build.pick(titles, build.roll(n, 143)), 'text', build.pick(texts, build.roll(n, 144)),
    'pros', CASE WHEN rating >= 3 THEN to_jsonb(ARRAY(SELECT word FROM unnest('{quality,design,light,warm,price,delivery}'::text[]) WITH ORDINALITY AS t (word, i) WHERE build.roll(n * 8 + i, 145) < 0.12 * rating - 0.2)) ELSE '[]' END,
    'cons', CASE WHEN rating <= 4 THEN to_jsonb(ARRAY(SELECT word FROM unnest('{price,size,heavy,packaging,colour,delivery}'::text[]) WITH ORDINALITY AS t (word, i) WHERE build.roll(n * 8 + i, 146) < (0.5 - 0.09 * rating) * (1.4 - 0.15 * i))) ELSE '[]' END,
    'helpful', jsonb_build_object('yes', floor(30 * build.roll(n, 147) ^ 4)::integer, 'no', floor(8 * build.roll(n, 148) ^ 5)::integer),
    'photos', CASE WHEN build.roll(n, 149) < 0.15 THEN 1 + floor(3 * build.roll(n, 150))::integer END)),
  created_at
FROM (
  SELECT DISTINCT ON (l.product_id, o.customer_id) l.product_id, o.customer_id, o.id * 8 + l.line_no AS n,
    s.delivered_at + interval '1 day' + build.roll(o.id * 8 + l.line_no, 141) * interval '24 days' AS created_at,
    CASE WHEN build.roll(o.id * 8 + l.line_no, 152) < 0.035 THEN 1 WHEN build.roll(o.id * 8 + l.line_no, 152) < 0.075 THEN 2
      ELSE least(5, greatest(1, round(2.6 + 2.1 * build.roll(l.product_id, 151) + 2.6 * (build.roll(o.id * 8 + l.line_no, 142) - 0.42))))::integer END AS rating
  FROM shop.order_lines l
  JOIN shop.orders o ON o.id = l.order_id
  JOIN shop.shipments s ON s.order_id = o.id AND s.delivered_at IS NOT NULL
  WHERE build.roll(o.id * 8 + l.line_no, 140) < 0.14
  ORDER BY l.product_id, o.customer_id, s.delivered_at
) AS written
JOIN build.phrases USING (rating)
WHERE created_at < timestamptz '2026-01-01 00:00Z'
ORDER BY created_at, product_id;

-- events

INSERT INTO shop.events (id, occurred_at, kind, customer_id, product_id, details)
SELECT row_number() OVER (ORDER BY occurred_at, n), occurred_at, kind,
  CASE WHEN kind IN ('checkout', 'newsletter_open') OR build.roll(n, 163) < 0.45 THEN b.id END,
  CASE WHEN kind IN ('page_view', 'add_to_cart') THEN p.id END,
  jsonb_strip_nulls(jsonb_build_object(
    'device', build.pick('{phone,phone,phone,phone,desktop,desktop,desktop,tablet}', build.roll(n, 164)),
    'referrer', CASE WHEN kind = 'newsletter_open' THEN 'newsletter' WHEN build.roll(n, 165) < 0.8 THEN build.pick('{search engine,search engine,direct,social,newsletter}', build.roll(n, 166)) END,
    'query', CASE WHEN kind = 'search' THEN query END,
    'hits', CASE WHEN kind = 'search' THEN CASE WHEN query IN ('kayak', 'ski boots', 'hammock') THEN 0 ELSE 3 + floor(40 * build.roll(n, 167) ^ 2)::integer END END))
FROM (
  SELECT n, build.moment(build.roll(n, 161), build.roll(n, 162)) AS occurred_at,
    build.pick('{page_view,page_view,page_view,page_view,page_view,search,search,add_to_cart,checkout,newsletter_open}', build.roll(n, 168)) AS kind,
    build.pick('{tent,tent,alpaca sweater,alpaca sweater,alpaca sweater,rain jacket,espresso,hiking boots,hiking boots,head lamp,gift,matcha,kayak,sleeping bag,map peru,ski boots,hammock}', build.roll(n, 169)) AS query
  FROM generate_series(1, 7600) AS n
) AS visits
LEFT JOIN LATERAL (SELECT upto AS total FROM build.buyers WHERE created_at <= occurred_at ORDER BY created_at DESC, upto DESC LIMIT 1) AS known ON true
LEFT JOIN LATERAL (SELECT id FROM build.buyers WHERE upto > build.roll(n, 170) * known.total ORDER BY upto LIMIT 1) AS b ON true
CROSS JOIN LATERAL (SELECT upto AS total FROM build.product_shares WHERE listed_on <= (occurred_at AT TIME ZONE 'UTC')::date ORDER BY listed_on DESC, upto DESC LIMIT 1) AS listed
CROSS JOIN LATERAL (SELECT id FROM build.product_shares WHERE upto > build.roll(n, 171) * listed.total ORDER BY upto LIMIT 1) AS p;

-- Identity columns go on after the ids given above.
SELECT setval(pg_get_serial_sequence('hr.employees', 'id'), (SELECT max(id) FROM hr.employees)),
  setval(pg_get_serial_sequence('shop.categories', 'id'), (SELECT max(id) FROM shop.categories)),
  setval(pg_get_serial_sequence('shop.products', 'id'), (SELECT max(id) FROM shop.products)),
  setval(pg_get_serial_sequence('shop.customers', 'id'), (SELECT max(id) FROM shop.customers)),
  setval(pg_get_serial_sequence('shop.orders', 'id'), (SELECT max(id) FROM shop.orders)),
  setval(pg_get_serial_sequence('shop.events', 'id'), (SELECT max(id) FROM shop.events));

DROP SCHEMA build CASCADE;
REFRESH MATERIALIZED VIEW shop.monthly_sales;
ANALYZE;
