/** Server-sent events from a stream of bytes: the part of the specification that our server speaks. */

export interface ServerEvent {
  kind: string;
  id: string | null;
  data: string;
}

/** Takes text as it comes, in pieces of any size, and gives events as they become whole. */
export class EventParser {
  private rest = '';
  private kind = '';
  private id: string | null = null;
  private data: string[] = [];

  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line !== '') this.take(line);
      else if (this.data.length > 0) events.push(this.finish());
      else this.kind = '';
    }

    return events;
  }

  private take(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment: the server is there
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.kind = value;
    else if (field === 'id') this.id = value;
    else if (field === 'data') this.data.push(value);
  }

  private finish(): ServerEvent {
    const event = { kind: this.kind || 'message', id: this.id, data: this.data.join('\n') };
    this.kind = '';
    this.data = [];
    return event;
  }
}
