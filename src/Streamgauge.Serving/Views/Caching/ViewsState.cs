using System.Collections.Concurrent;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>The views and how things stood when their buckets were last compared with Redis, immutable but for the buckets themselves.</summary>
/// <param name="Incarnation">Differs once Redis lost state, when revisions begin to repeat.</param>
/// <param name="CatalogVersion">Version of the catalog the views are from; 0 without declared ones.</param>
/// <param name="Commits">Newest commit at that moment.</param>
/// <param name="Group">Freshness: everything it calls complete is in the buckets.</param>
/// <param name="ReadAt">Our clock's timestamp of the moment, for the age.</param>
/// <param name="Views">By name, built-in ones first.</param>
internal sealed record ViewsState(string Incarnation, long CatalogVersion, long Commits, GroupStatus Group, long ReadAt, IReadOnlyList<ServedView> Views)
{
    /// <summary>Answers from this state that several clients want, by what they ask; gone with the state.</summary>
    public ConcurrentDictionary<string, Task<(ViewAnswer? Answer, Problem? Problem)>> Shared { get; init; } = new();

    /// <summary>Answers from this state as JSON, by their tags: who asks the same before the next refresh gets the same bytes.</summary>
    public ConcurrentDictionary<string, byte[]> Bodies { get; init; } = new();

    public ServedView? Find(string name) => Views.FirstOrDefault(view => view.Definition.Name == name);
}
