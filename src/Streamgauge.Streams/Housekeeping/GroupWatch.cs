using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>A group at one moment, with what tells that somebody interfered.</summary>
/// <param name="Now">Redis's clock.</param>
/// <param name="NewestEntry">Time of the newest entry id ever given; null for a stream that never had one.</param>
/// <param name="PendingIdle">Longest time since one of the 100 oldest pending entries was handed out; zero when none is pending.</param>
/// <param name="Repeated">Entries handed out again although counted, so far.</param>
/// <param name="Lost">Entries removed by somebody while they were pending, so far.</param>
/// <param name="Commits">Commits so far.</param>
public sealed record GroupWatch(DateTimeOffset Now, DateTimeOffset? NewestEntry, TimeSpan PendingIdle, long Repeated, long Lost, long Commits)
{
    internal static GroupWatch From(RespValue reply) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(reply[0].AsInteger()),
        StreamEntryId.TryParse(Encoding.UTF8.GetBytes(reply[1].AsText()), out var id) && id.Ms > 0 ? id.Arrival : null,
        TimeSpan.FromMilliseconds(reply[2].AsInteger()), reply[3].AsInteger(), reply[4].AsInteger(), reply[5].AsInteger());
}
