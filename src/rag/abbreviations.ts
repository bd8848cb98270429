/** What the usual abbreviations in names of tables and columns stand for. */

const list = `
acct account · addr address · amt amount · app application · appt appointment · attr attribute · auth authentication · avg average
bal balance · bldg building · cat category · cd code · cnt count · co company · config configuration · ctry country · cur currency
curr currency · cust customer · dept department · desc description · descr description · dest destination · dev device · dim dimension
dist district · div division · dob birth · doc document · dt date · emp employee · env environment · fac faculty · fname name
freq frequency · grp group · hr hour · img image · info information · inv invoice · lang language · lat latitude · lname name · lng longitude
loc location · lon longitude · lvl level · max maximum · mfg manufacturer · mfr manufacturer · mgmt management · mgr manager
min minimum · misc miscellaneous · msg message · mth month · mtg meeting · nat nationality · nbr number · nm name · nr number
num number · obs observation · ord order · org organization · param parameter · pct percent · perf performance · perm permission
pic picture · pkg package · pmt payment · pos position · prev previous · prod product · prof professor · proj project · pt patient
pwd password · qty quantity · qtr quarter · rec record · ref reference · reg registration · rel relation · req request · res reservation
seq sequence · spec specification · src source · stat status · std standard · stmt statement · str street · stu student · subj subject
svc service · tel telephone · temp temperature · trans transaction · ts timestamp · tx transaction · txn transaction · trx transaction
uni university · univ university · usr user · val value · ver version · vol volume · wh warehouse · whse warehouse · wk week · yr year`;

/** Full words by abbreviation. */
export const abbreviations: ReadonlyMap<string, string> = new Map(
  list
    .trim()
    .split(/\s*[·\n]\s*/)
    .map((pair) => {
      const [short = '', long = ''] = pair.split(' ');
      return [short, long] as const;
    }),
);
