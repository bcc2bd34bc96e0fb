using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Where a group stands, from entry ids and Redis's own clock.</summary>
public sealed record GroupStatus
{
    /// <summary>Redis's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Entries in the stream.</summary>
    public required long StreamLength { get; init; }

    /// <summary>Entries ever appended.</summary>
    public required long EntriesAdded { get; init; }

    /// <summary>False before the first processor started, or after the group was lost.</summary>
    public required bool GroupExists { get; init; }

    /// <summary>Entries delivered and not committed, over all consumers.</summary>
    public required long Pending { get; init; }

    /// <summary>Arrival of the oldest entry not yet committed; null when everything is.</summary>
    public required DateTimeOffset? OldestOpen { get; init; }

    public required IReadOnlyList<ConsumerStatus> Consumers { get; init; }

    /// <summary>How far counting is behind arrival; zero when everything is counted.</summary>
    public TimeSpan Lag => OldestOpen is { } oldest && oldest < Now ? Now - oldest : TimeSpan.Zero;

    /// <summary>Everything that arrived before this moment is counted or dead-lettered.</summary>
    public DateTimeOffset CompleteThrough => OldestOpen ?? Now;

    internal static GroupStatus From(RespValue reply)
    {
        var consumers = new List<ConsumerStatus>();
        var flat = reply[7].Items;
        for (var i = 0; i + 2 < flat.Count; i += 3)
            consumers.Add(new ConsumerStatus(flat[i].AsText(), flat[i + 1].AsInteger(), TimeSpan.FromMilliseconds(flat[i + 2].AsInteger())));
        return new GroupStatus
        {
            Now = DateTimeOffset.FromUnixTimeMilliseconds(reply[0].AsInteger()),
            StreamLength = reply[1].AsInteger(),
            EntriesAdded = reply[2].AsInteger(),
            GroupExists = reply[4].AsText().Length > 0,
            Pending = reply[5].AsInteger(),
            OldestOpen = StreamEntryId.TryParse(Encoding.UTF8.GetBytes(reply[6].AsText()), out var id) ? id.Arrival : null,
            Consumers = consumers,
        };
    }
}

/// <summary>One consumer of the group.</summary>
/// <param name="Pending">Entries it holds.</param>
/// <param name="Idle">Since it last asked for entries.</param>
public sealed record ConsumerStatus(string Name, long Pending, TimeSpan Idle);
