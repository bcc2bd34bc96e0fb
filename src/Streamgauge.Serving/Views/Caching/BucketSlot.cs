using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>What is known of one bucket: always its revision, and its content while it is worth the memory.</summary>
internal sealed class BucketSlot
{
    /// <summary>Number of the commit that changed it last, as far as we know.</summary>
    public long Revision { get; set; }

    /// <summary>Null when not read, changed since, or given up for others.</summary>
    public BucketContent? Content { get; private set; }

    /// <summary>Cells of <see cref="Content"/>, for the budget.</summary>
    public int Cells { get; private set; }

    /// <summary>Our clock's timestamp of the last query that wanted it.</summary>
    public long AskedAt { get; set; }

    public void Keep(BucketContent content, int cells)
    {
        Content = content;
        Cells = cells;
        Revision = Math.Max(Revision, content.Revision);
    }

    /// <summary>Forgets the content; returns the cells it took.</summary>
    public int Drop()
    {
        var cells = Cells;
        Content = null;
        Cells = 0;
        return cells;
    }
}
