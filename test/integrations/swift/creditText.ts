/** An MT700 of today's release that has no findings, as a list of fields that a test changes. */
export type FieldList = readonly (readonly [tag: string, value: string])[];

export const validFields: FieldList = [
  ["27", "1/1"],
  ["40A", "IRREVOCABLE"],
  ["20", "LC-2026-0001"],
  ["23", "PREADV/260101"],
  ["31C", "260105"],
  ["40E", "UCP LATEST VERSION"],
  ["31D", "260430ROTTERDAM"],
  ["50", "IMPORTER LTD\nHIGH STREET 1\nVIENNA"],
  ["59", "/NL91ABNA0417164300\nEXPORTER BV\nROTTERDAM"],
  ["32B", "EUR100000,"],
  ["39A", "05/10"],
  ["41A", "MEESNL2A\nBY PAYMENT"],
  ["43P", "ALLOWED"],
  ["43T", "NOT ALLOWED"],
  ["44E", "ROTTERDAM"],
  ["44F", "TRIESTE"],
  ["44C", "260331"],
  ["45A", "+400,000 BOTTLES OF BEER\n+FCA ROTTERDAM"],
  ["46A", "+SIGNED COMMERCIAL INVOICE\nIN 3 COPIES\n+FULL SET OF BILLS OF LADING"],
  ["47A", "+DOCUMENTS IN ENGLISH"],
  ["49G", "PAYMENT AT SIGHT"],
  ["49H", "POST-FINANCING AT 2 PERCENT"],
  ["71D", "ALL CHARGES FOR BENEFICIARY"],
  ["48", "21/DATE OF SHIPMENT"],
  ["49", "CONFIRM"],
  ["58A", "AMRONL2A"],
  ["78", "WE COVER YOU ON RECEIPT"],
  ["57A", "MEESNL2A"],
  ["72Z", "/PHONBEN/"],
];

/** The text of an MT700 with these fields. */
export function creditText(fields: FieldList = validFields): string {
  const block = fields.map(([tag, value]) => `:${tag}:${value.replaceAll("\n", "\r\n")}\r\n`).join("");
  return `{1:F01BKAUATWWAXXX0000000000}{2:I700AMRONL2AXXXXN}{3:{108:MUR1}}{4:\r\n${block}-}{5:{CHK:123456789ABC}}`;
}

/** The valid fields with some values replaced, and without those set to null. */
export function changed(changes: Readonly<Record<string, string | null>>): FieldList {
  return validFields.flatMap(([tag, value]): [string, string][] => {
    const next = tag in changes ? changes[tag] : value;
    return next === null || next === undefined ? [] : [[tag, next]];
  });
}

/** The valid fields with one more, right after the field with the tag `after`. */
export function inserted(after: string, tag: string, value: string): FieldList {
  return validFields.flatMap((field): (readonly [string, string])[] =>
    field[0] === after ? [field, [tag, value]] : [field],
  );
}
