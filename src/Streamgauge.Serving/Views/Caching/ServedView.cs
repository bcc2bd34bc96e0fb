using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>One view in one generation: its definition, which buckets it has, and those that are in memory.</summary>
/// <remarks>Definition and state never change; the buckets do, under <see cref="Gate"/>. Another catalog is another object.</remarks>
internal sealed class ServedView
{
    private readonly BucketBuilder _builder;
    private readonly Dictionary<long, BucketSlot>[] _tiers;

    public ServedView(ViewDefinition definition, int generation, CatalogState state, long sinceMs, bool isBuiltIn)
    {
        (Definition, Generation, State, SinceMs, IsBuiltIn) = (definition, generation, state, sinceMs, isBuiltIn);
        _builder = new BucketBuilder(definition);
        _tiers = [.. definition.Tiers.Select(_ => new Dictionary<long, BucketSlot>())];
        if (isBuiltIn) _tiers[0][0] = new BucketSlot(); // always there: it stands in no list of buckets
    }

    public ViewDefinition Definition { get; }

    public int Generation { get; }

    public CatalogState State { get; }

    public long SinceMs { get; }

    /// <summary>Whether it is one of the documented counters, which all live in one hash.</summary>
    public bool IsBuiltIn { get; }

    /// <summary>Guards <see cref="Tiers"/> and all slots in them.</summary>
    public Lock Gate { get; } = new();

    /// <summary>One at a time reads missing buckets; the next then finds them.</summary>
    public SemaphoreSlim Reading { get; } = new(1);

    /// <summary>Buckets by their start, one dictionary per tier of the definition.</summary>
    public IReadOnlyList<Dictionary<long, BucketSlot>> Tiers => _tiers;

    /// <summary>Newest revision of any of its buckets.</summary>
    public long Revision { get; set; }

    public string BucketName(int tier, long startMs) => StreamKeys.BucketName(Definition.Name, Generation, Definition.Tiers[tier], startMs);

    /// <summary>Makes a bucket of its stored fields; those somebody spoilt are left out. Caller holds <see cref="Gate"/>.</summary>
    /// <param name="cells">What it takes of the budget.</param>
    /// <param name="spoilt">Fields that are not what our counting writes.</param>
    public BucketContent Parse(StoredBucket stored, out int cells, out int spoilt)
    {
        (cells, spoilt) = (0, 0);
        for (var i = 0; i + 1 < stored.Fields.Count; i += 2)
        {
            var value = stored.Fields[i + 1].AsBytes().Span;
            cells += 1 + (value.Length / CellBytes); // registers are as large as many numbers
            try
            {
                _builder.Add(stored.Fields[i].AsBytes().Span, value);
            }
            catch (FormatException)
            {
                spoilt++;
            }
        }

        return _builder.Build(stored.Revision);
    }

    private const int CellBytes = 24; // a number and its part of the group's name
}
