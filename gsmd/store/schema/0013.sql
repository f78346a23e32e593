-- Figures that are told at once: what the summaries have by one property at a time, countries among them, and when gsmd was
-- at work. How modems were over time. Nothing is filled here: what is there is taken up step by step afterwards.

ALTER TABLE summarised ADD COLUMN countries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE summarised ADD COLUMN figures INTEGER NOT NULL DEFAULT 0;

CREATE TABLE calling_code (
    digits TEXT PRIMARY KEY,
    country TEXT NOT NULL                       -- ISO 3166
) STRICT, WITHOUT ROWID;
INSERT INTO calling_code SELECT digits.value, country.key FROM json_each(
    '{"AC": [247], "AD": [376], "AE": [971], "AF": [93], "AG": [1268], "AI": [1264], "AL": [355], "AM": [374], "AO":
    [244], "AR": [54], "AS": [1684], "AT": [43], "AU": [61], "AW": [297], "AZ": [994], "BA": [387], "BB": [1246],
    "BD": [880], "BE": [32], "BF": [226], "BG": [359], "BH": [973], "BI": [257], "BJ": [229], "BM": [1441], "BN":
    [673], "BO": [591], "BQ": [5993, 5994, 5997], "BR": [55], "BS": [1242], "BT": [975], "BW": [267], "BY": [375],
    "BZ": [501], "CA": [1204, 1226, 1236, 1249, 1250, 1257, 1263, 1273, 1289, 1306, 1343, 1354, 1365, 1367, 1368,
    1382, 1403, 1416, 1418, 1428, 1431, 1437, 1438, 1450, 1468, 1474, 1506, 1514, 1519, 1548, 1579, 1581, 1584,
    1587, 1600, 1604, 1613, 1622, 1633, 1639, 1647, 1672, 1683, 1705, 1709, 1742, 1753, 1778, 1780, 1782, 1807,
    1819, 1825, 1867, 1873, 1879, 1902, 1905, 1942], "CD": [243], "CF": [236], "CG": [242], "CH": [41], "CI": [225],
    "CK": [682], "CL": [56], "CM": [237], "CN": [86], "CO": [57], "CR": [506], "CU": [53], "CV": [238], "CW": [599],
    "CY": [357], "CZ": [420], "DE": [49], "DJ": [253], "DK": [45], "DM": [1767], "DO": [1809, 1829, 1849], "DZ":
    [213], "EC": [593], "EE": [372], "EG": [20], "ER": [291], "ES": [34], "ET": [251], "FI": [358], "FJ": [679],
    "FK": [500], "FM": [691], "FO": [298], "FR": [33], "GA": [241], "GB": [44], "GD": [1473], "GE": [995], "GF":
    [594], "GH": [233], "GI": [350], "GL": [299], "GM": [220], "GN": [224], "GP": [590], "GQ": [240], "GR": [30],
    "GT": [502], "GU": [1671], "GW": [245], "GY": [592], "HK": [852], "HN": [504], "HR": [385], "HT": [509], "HU":
    [36], "ID": [62], "IE": [353], "IL": [972], "IN": [91], "IO": [246], "IQ": [964], "IR": [98], "IS": [354], "IT":
    [39], "JM": [1658, 1876], "JO": [962], "JP": [81], "KE": [254], "KG": [996], "KH": [855], "KI": [686], "KM":
    [269], "KN": [1869], "KP": [850], "KR": [82], "KW": [965], "KY": [1345], "KZ": [76, 77], "LA": [856], "LB":
    [961], "LC": [1758], "LI": [423], "LK": [94], "LR": [231], "LS": [266], "LT": [370], "LU": [352], "LV": [371],
    "LY": [218], "MA": [212], "MC": [377], "MD": [373], "ME": [382], "MG": [261], "MH": [692], "MK": [389], "ML":
    [223], "MM": [95], "MN": [976], "MO": [853], "MP": [1670], "MQ": [596], "MR": [222], "MS": [1664], "MT": [356],
    "MU": [230], "MV": [960], "MW": [265], "MX": [52], "MY": [60], "MZ": [258], "NA": [264], "NC": [687], "NE":
    [227], "NF": [672], "NG": [234], "NI": [505], "NL": [31], "NO": [47], "NP": [977], "NR": [674], "NU": [683],
    "NZ": [64], "OM": [968], "PA": [507], "PE": [51], "PF": [689], "PG": [675], "PH": [63], "PK": [92], "PL": [48],
    "PM": [508], "PR": [1787, 1939], "PS": [970], "PT": [351], "PW": [680], "PY": [595], "QA": [974], "RE": [262],
    "RO": [40], "RS": [381], "RU": [7], "RW": [250], "SA": [966], "SB": [677], "SC": [248], "SD": [249], "SE": [46],
    "SG": [65], "SH": [290], "SI": [386], "SK": [421], "SL": [232], "SM": [378], "SN": [221], "SO": [252], "SR":
    [597], "SS": [211], "ST": [239], "SV": [503], "SX": [1721], "SY": [963], "SZ": [268], "TA": [2908], "TC":
    [1649], "TD": [235], "TG": [228], "TH": [66], "TJ": [992], "TK": [690], "TL": [670], "TM": [993], "TN": [216],
    "TO": [676], "TR": [90], "TT": [1868], "TV": [688], "TW": [886], "TZ": [255], "UA": [380], "UG": [256], "US":
    [1], "UY": [598], "UZ": [998], "VC": [1784], "VE": [58], "VG": [1284], "VI": [1340], "VN": [84], "VU": [678],
    "WF": [681], "WS": [685], "XK": [383], "YE": [967], "ZA": [27], "ZM": [260], "ZW": [263]}'
) AS country, json_each(country.value) AS digits;

CREATE TABLE summary_country (
    quarter INTEGER NOT NULL,
    country TEXT NOT NULL,                      -- '' for what is no number
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    modem TEXT NOT NULL,
    tag TEXT NOT NULL,
    count INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (quarter, country, direction, state, modem, tag)
) STRICT, WITHOUT ROWID;

CREATE VIEW message_located AS SELECT
    seq, created_at, direction, state, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag,
    coalesce(iif(substr(peer, 1, 1) = '+', (SELECT country FROM calling_code WHERE digits IN
        (substr(peer, 2, 1), substr(peer, 2, 2), substr(peer, 2, 3), substr(peer, 2, 4))
        ORDER BY digits DESC LIMIT 1), ''), '') AS country,
    1 AS count, answered_at IS NOT NULL AND (direction = 'inbound' OR sent_at IS NOT NULL) AS answered
    FROM message;

CREATE TABLE figure (
    dimension TEXT NOT NULL,                    -- modem, tag, keyword, reason, country; '' for all together
    value TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (dimension, value, quarter, direction, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE figure_time (
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,                       -- 96 quarters
    slot INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (dimension, value, kind, day, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    began_at INTEGER PRIMARY KEY,
    until INTEGER                               -- NULL: it goes on
) STRICT;
INSERT INTO run SELECT at, NULL FROM (SELECT min(at) AS at FROM (
    SELECT min(created_at) AS at FROM message UNION ALL SELECT min(at) FROM loose_event
    UNION ALL SELECT min(quarter) * 900000 FROM summary
)) WHERE at IS NOT NULL;

CREATE TABLE modem_history (
    modem TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    registration TEXT,
    roaming INTEGER NOT NULL,
    operator TEXT,
    signal_dbm INTEGER,
    lowest_dbm INTEGER,                         -- since the row before
    highest_dbm INTEGER,
    PRIMARY KEY (modem, at)
) STRICT, WITHOUT ROWID;

DROP TRIGGER summary_before;
DROP TRIGGER summary_after;
DROP TRIGGER summary_late;
DROP TRIGGER summary_early;

-- Before the row changes it says what it added, afterwards what it adds.
CREATE TRIGGER summary_before BEFORE UPDATE
OF state, modem, tag, keyword, error, created_at, sent_at, delivered_at, answered_at ON message
WHEN old.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, -count, -answered
        FROM message_counted WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, -count
        FROM message_timed WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, -count, -answered
        FROM message_located WHERE seq = old.seq AND created_at < (SELECT countries FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER summary_after AFTER UPDATE
OF state, modem, tag, keyword, error, created_at, sent_at, delivered_at, answered_at ON message
WHEN new.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, count, answered
        FROM message_located WHERE seq = new.seq AND created_at < (SELECT countries FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
-- What is stored with a stamp of long ago is summed up at once; what goes before its time is summed up then.
CREATE TRIGGER summary_late AFTER INSERT ON message
WHEN new.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, count, answered
        FROM message_located WHERE seq = new.seq AND created_at < (SELECT countries FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER summary_early BEFORE DELETE ON message
WHEN old.created_at >= (SELECT countries FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = old.seq AND created_at >= (SELECT until FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = old.seq AND created_at >= (SELECT until FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, count, answered
        FROM message_located WHERE seq = old.seq AND 1
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;

CREATE TRIGGER figure_new AFTER INSERT ON summary
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT dimension, value, new.quarter, new.direction, new.state, new.count, new.answered FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword
            UNION ALL SELECT 'reason', new.reason)
        WHERE (dimension = 'tag' OR new.tag != 'gsmd.selftest') AND (dimension != 'reason' OR value != '')
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_changed AFTER UPDATE OF count, answered ON summary
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT dimension, value, new.quarter, new.direction, new.state, new.count - old.count, new.answered - old.answered FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword
            UNION ALL SELECT 'reason', new.reason)
        WHERE (dimension = 'tag' OR new.tag != 'gsmd.selftest') AND (dimension != 'reason' OR value != '')
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_country_new AFTER INSERT ON summary_country
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT 'country', new.country, new.quarter, new.direction, new.state, new.count, new.answered
        WHERE new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_country_changed AFTER UPDATE OF count, answered ON summary_country
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT 'country', new.country, new.quarter, new.direction, new.state, new.count - old.count, new.answered - old.answered
        WHERE new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_time_new AFTER INSERT ON summary_time
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure_time SELECT dimension, value, new.kind, new.quarter / 96, new.slot, new.count FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword)
        WHERE dimension = 'tag' OR new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER figure_time_changed AFTER UPDATE OF count ON summary_time
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure_time SELECT dimension, value, new.kind, new.quarter / 96, new.slot, new.count - old.count FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword)
        WHERE dimension = 'tag' OR new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
