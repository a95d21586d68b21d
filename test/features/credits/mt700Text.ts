const header = "{1:F01NRGDATWWAXXX0000000000}{2:I700MSTRDEFFXXXXN}";
const fields: Readonly<Record<string, string>> = {
  "27": "1/1",
  "40A": "IRREVOCABLE",
  "20": "LC1",
  "31C": "260302",
  "40E": "UCP LATEST VERSION",
  "31D": "260513AMSTERDAM",
  "50": "APPLICANT\r\nVIENNA",
  "59": "BENEFICIARY\r\nAMSTERDAM",
  "32B": "EUR100000,",
  "41A": "FCTVNL2A\r\nBY PAYMENT",
  "43P": "ALLOWED",
  "45A": "+BEER",
  "46A": "+INVOICE",
  "71D": "ALL CHARGES",
  "48": "6/RECEIPT",
  "49": "CONFIRM",
  "58A": "MSTRDEFF",
};
const order = "27 40A 20 31C 40E 31D 50 59 32B 39A 41A 41D 42P 43P 44C 45A 46A 49H 71D 48 49 58A 57A 57D".split(" ");

/** A valid MT700 of today's release, with some fields changed or, by null, left out. */
export function mt700Text(change: Readonly<Record<string, string | null>> = {}): string {
  const all: Record<string, string | null> = { ...fields, ...change };
  const lines = order.flatMap((tag) => (all[tag] ? [`:${tag}:${all[tag]}\r\n`] : []));
  return `${header}{4:\r\n${lines.join("")}-}`;
}
