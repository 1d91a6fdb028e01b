/** The local time of day of an ISO 8601 moment, with the date unless it is today: `14:05`, `2026-11-20 14:05`. */
export function clock(moment: string, now: Date): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const day = (of: Date) => of.toLocaleDateString('sv-SE');
  return day(date) === day(now) ? time : `${day(date)} ${time}`;
}
