"""Instants, and the day that calendars on the wall showed then."""

# zone | instant in UTC | local day | local time, for the reader
INSTANTS = """
# a day of 23 hours, and its neighbours
Europe/Berlin | 2026-03-28T22:30 | 2026-03-28 | 23:30
Europe/Berlin | 2026-03-28T23:30 | 2026-03-29 | 00:30
Europe/Berlin | 2026-03-29T21:30 | 2026-03-29 | 23:30 summer time
Europe/Berlin | 2026-03-29T22:30 | 2026-03-30 | 00:30 summer time
# a day of 25
Europe/Berlin | 2026-10-24T22:30 | 2026-10-25 | 00:30 summer time
Europe/Berlin | 2026-10-25T00:30 | 2026-10-25 | 02:30 summer time
Europe/Berlin | 2026-10-25T01:30 | 2026-10-25 | 02:30 again
Europe/Berlin | 2026-10-25T22:30 | 2026-10-25 | 23:30
Europe/Berlin | 2026-10-25T23:30 | 2026-10-26 | 00:30
America/New_York | 2026-03-08T04:30 | 2026-03-07 | 23:30
America/New_York | 2026-03-09T03:30 | 2026-03-08 | 23:30 summer time
America/New_York | 2026-11-01T04:30 | 2026-11-01 | 00:30 summer time
America/New_York | 2026-11-02T04:30 | 2026-11-01 | 23:30
# days that begin at 01:00
America/Santiago | 2026-09-06T03:30 | 2026-09-05 | 23:30
America/Santiago | 2026-09-06T04:00 | 2026-09-06 | 01:00, the first minute
America/Santiago | 2026-09-07T02:30 | 2026-09-06 | 23:30
Africa/Cairo | 2026-04-23T21:30 | 2026-04-23 | 23:30
Africa/Cairo | 2026-04-23T22:00 | 2026-04-24 | 01:00, the first minute
Africa/Cairo | 2026-04-24T20:30 | 2026-04-24 | 23:30
Asia/Beirut | 2026-03-28T21:30 | 2026-03-28 | 23:30
Asia/Beirut | 2026-03-28T22:00 | 2026-03-29 | 01:00, the first minute
# days that have 23:30 twice
America/Santiago | 2026-04-05T02:30 | 2026-04-04 | 23:30 summer time
America/Santiago | 2026-04-05T03:30 | 2026-04-04 | 23:30 again
America/Santiago | 2026-04-05T04:00 | 2026-04-05 | 00:00
Africa/Cairo | 2026-10-29T20:30 | 2026-10-29 | 23:30 summer time
Africa/Cairo | 2026-10-29T21:30 | 2026-10-29 | 23:30 again
Africa/Cairo | 2026-10-29T22:00 | 2026-10-30 | 00:00
# half and quarter hours, the ends of the world, and a day that never was
Australia/Lord_Howe | 2026-10-04T12:30 | 2026-10-04 | 23:30 summer time
Australia/Lord_Howe | 2026-10-04T13:00 | 2026-10-05 | 00:00
Asia/Kathmandu | 2026-11-18T18:14 | 2026-11-18 | 23:59
Asia/Kathmandu | 2026-11-18T18:15 | 2026-11-19 | 00:00
Pacific/Kiritimati | 2026-11-18T09:59 | 2026-11-18 | 23:59
Pacific/Kiritimati | 2026-11-18T10:00 | 2026-11-19 | 00:00
Pacific/Pago_Pago | 2026-11-18T10:59 | 2026-11-17 | 23:59
Pacific/Pago_Pago | 2026-11-18T11:00 | 2026-11-18 | 00:00
Pacific/Apia | 2011-12-30T09:59 | 2011-12-29 | 23:59
Pacific/Apia | 2011-12-30T10:00 | 2011-12-31 | 00:00, a day later
UTC | 2026-12-31T23:59 | 2026-12-31 | 23:59
"""
