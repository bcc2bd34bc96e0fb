using System.Text;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>A stream and the keys that live with it. The stream's name is the hash tag, so all of them share one Redis Cluster slot.</summary>
public sealed class StreamKeys
{
    private const int NameBytesMax = 128;

    /// <exception cref="ArgumentException">The name is not a legal stream name, see <see cref="FindProblem"/>.</exception>
    public StreamKeys(string stream)
    {
        if (FindProblem(stream) is { } problem) throw new ArgumentException(problem, nameof(stream));
        Stream = stream;
        StreamUtf8 = Encoding.UTF8.GetBytes(stream);
        Aggregates = Companion("aggregates");
        Meta = Companion("meta");
        Dead = Companion("dead");
        Uncounted = Companion("uncounted");
        Producers = Companion("producers");
        Views = Companion("views");
        Buckets = Companion("buckets");
    }

    /// <summary>The stream key, <c>events</c> by default.</summary>
    public string Stream { get; }

    /// <summary>Hash of the documented counters.</summary>
    public string Aggregates { get; }

    /// <summary>Hash of the books: commits, floor, entries and events counted, dead-lettered, lost, late.</summary>
    public string Meta { get; }

    /// <summary>Stream of dead letters.</summary>
    public string Dead { get; }

    /// <summary>Sorted set of retained entries that were dead-lettered unseen, by time: whoever counts the stream again passes them over.</summary>
    public string Uncounted { get; }

    /// <summary>Hash of the last sequence seen from each producer.</summary>
    public string Producers { get; }

    /// <summary>The catalog of declared views, JSON; see <see cref="ViewCatalog"/>. Its version is <c>views_version</c> in <see cref="Meta"/>.</summary>
    public string Views { get; }

    /// <summary>Sorted set of the buckets of declared views and of <see cref="Aggregates"/>: their names (<see cref="BucketName"/>) by the number of the commit that changed them last.</summary>
    public string Buckets { get; }

    internal byte[] StreamUtf8 { get; }

    /// <summary>Key of one bucket of a windowed view: <c>{events}:sessions:1763805600000</c>.</summary>
    public string Bucket(string view, long startMs) => Companion($"{view}:{startMs}");

    /// <summary>Name of one bucket of a declared view: <c>sales.1:1m:1763805600000</c>, <c>sales.1:all</c>.</summary>
    /// <param name="generation">Counts how often the view was rebuilt: a new generation begins with new keys.</param>
    public static string BucketName(string view, int generation, Tier tier, long startMs) =>
        tier.Every is null ? $"{view}.{generation}:{tier.Name}" : $"{view}.{generation}:{tier.Name}:{startMs}";

    /// <summary>Names of the three keys of a view of sessions: <c>visits.1:sessions</c>, <c>visits.1:ends</c>, <c>visits.1:totals</c>.</summary>
    /// <inheritdoc cref="BucketName" path="/param"/>
    public static (string Sessions, string Ends, string Totals) SessionNames(string view, int generation) =>
        ($"{view}.{generation}:sessions", $"{view}.{generation}:ends", $"{view}.{generation}:totals");

    /// <summary>Key of a bucket of a declared view: <c>{events}:sales.1:1m:1763805600000</c>.</summary>
    public string BucketKey(string bucketName) => Companion(bucketName);

    /// <summary>Key of a lease: <c>{events}:lease:audit</c>. It expires by itself.</summary>
    public string Lease(string name) => Companion($"lease:{name}");

    /// <summary>Key of what a processor says of itself: <c>{events}:processor:proc-1-f00dcafe</c>. It expires by itself.</summary>
    public string ProcessorReport(string consumer) => Companion($"processor:{consumer}");

    /// <summary>Why a name cannot be a stream's, or null. Braces would move the hash tag and with it the companions' slot.</summary>
    public static string? FindProblem(string stream)
    {
        if (stream.Length is 0 or > NameBytesMax || !stream.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':'))
            return $"'{stream}' cannot name a stream: use 1 to {NameBytesMax} of A-Z a-z 0-9 . _ - :, for example 'events'.";
        return null;
    }

    private string Companion(string name) => $"{{{Stream}}}:{name}";
}
