import { h, replace, setText, type Child } from '../dom';

/** A part of the page with a heading. One that fails says so and leaves the others alone. */
export class Panel {
  readonly body = h('div', { class: 'panel-body' });
  private readonly note = h('p', { class: 'panel-note', hidden: true, role: 'status' });
  readonly element: HTMLElement;

  /** @param tools what stands beside the heading: choices of this panel */
  constructor(id: string, title: string, ...tools: Child[]) {
    const heading = h('h2', { id: `${id}-title` }, title);
    this.element = h('section', { id, class: 'panel', 'aria-labelledby': `${id}-title` }, h('header', {}, heading, h('div', { class: 'tools' }, ...tools)), this.note, this.body);
    replace(this.body, h('div', { class: 'skeleton', 'aria-hidden': 'true' }), h('span', { class: 'hidden' }, 'Loading…'));
  }

  /** Puts content in the place of the skeleton, or of what there was. */
  fill(...children: Child[]): void {
    replace(this.body, ...children);
  }

  /** Runs an update; what goes wrong in it is told here. */
  try(update: () => void): void {
    try {
      update();
      this.ok();
    } catch (error) {
      this.fail(error);
    }
  }

  ok(): void {
    this.note.hidden = true;
    this.element.classList.remove('failed');
  }

  /** Keeps what is shown, greyed, and says why it is old. */
  fail(error: unknown): void {
    this.element.classList.add('failed');
    this.note.hidden = false;
    setText(this.note, error instanceof Error ? error.message : String(error));
  }
}
