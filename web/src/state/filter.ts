/** The filter that keeps the events of one type. Its language doubles a quote within a text. */
export const isType = (type: string): string => `event_type == '${type.replaceAll("'", "''")}'`;
