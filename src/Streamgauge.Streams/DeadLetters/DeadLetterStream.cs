using System.Globalization;
using System.Runtime.CompilerServices;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>The dead letters of a stream: counted, read, retried and dropped. Control plane.</summary>
public sealed class DeadLetterStream(RespConnection connection, StreamKeys keys)
{
    /// <summary>Most letters <see cref="DropAsync"/> takes at once.</summary>
    public const int DroppedAtOnceMax = 500;

    private const int Page = 50; // a letter may be large, and Redis serves nobody else while it reads them
    private const int PageBytesMax = 4 * 1024 * 1024;

    /// <summary>How many there are now.</summary>
    public async Task<DeadLetterStatus> ReadStatusAsync(CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["FCALL_RO", "sg_dead_status_v1", "1", keys.Dead], cancellationToken);
        return new DeadLetterStatus(reply[0].AsInteger(), StreamEntryId.TryParse(reply[1].AsBytes().Span, out var oldest) ? oldest.Arrival : null);
    }

    /// <summary>All letters that are there when it begins, oldest first; not those that come meanwhile, so that retried ones which come back do not come twice.</summary>
    /// <param name="withFields">Whether the fields of their events are read too.</param>
    public async IAsyncEnumerable<StoredDeadLetter> ReadAsync(bool withFields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = (await connection.ExecuteAsync(["FCALL_RO", "sg_dead_status_v1", "1", keys.Dead], cancellationToken))[2].AsText();
        if (last.Length == 0) yield break;
        for (var from = "-"; ;)
        {
            var page = await ReadPageAsync(from, last, Page, withFields ? PageBytesMax : 0, cancellationToken);
            if (page.Count == 0) yield break;
            foreach (var letter in page)
            {
                if (StoredDeadLetter.TryRead(letter) is { } read) yield return read;
            }

            if (page[^1][0].AsText() == last) yield break; // behind the greatest id Redis refuses a range
            from = "(" + page[^1][0].AsText();
        }
    }

    /// <summary>The newest letters, newest first, without the fields of their events.</summary>
    public async IAsyncEnumerable<StoredDeadLetter> ReadNewestAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var from = "+"; ;)
        {
            var page = (await connection.ExecuteAsync(["FCALL_RO", "sg_dead_newest_v1", "1", keys.Dead, from, Number(Page), Number(0)], cancellationToken)).Items;
            if (page.Count == 0) yield break;
            foreach (var letter in page)
            {
                if (StoredDeadLetter.TryRead(letter) is { } read) yield return read;
            }

            from = "(" + page[^1][0].AsText();
        }
    }

    /// <summary>One letter with its fields; null when it is not there.</summary>
    public async Task<StoredDeadLetter?> FindAsync(StreamEntryId id, CancellationToken cancellationToken)
    {
        var page = await ReadPageAsync(id.ToString(), id.ToString(), 1, PageBytesMax, cancellationToken);
        return page.Count == 0 ? null : StoredDeadLetter.TryRead(page[0]);
    }

    /// <summary>Appends an entry in place of a letter, in one atomic step. Safe to repeat.</summary>
    /// <returns>The id of the entry; null when the letter was not there any more.</returns>
    /// <exception cref="RedisReplyException">Redis is full (<c>OOM</c>); the letter is where it was.</exception>
    public async Task<StreamEntryId?> RetryAsync(StreamEntryId letter, RetriedEntry entry, CancellationToken cancellationToken)
    {
        var command = new RespCommand("FCALL", "sg_retry_v1", "3", keys.Stream, keys.Meta, keys.Dead, letter.ToString()).Add(entry.Fields.Count);
        foreach (var field in entry.Fields) command.Add(field.Name).Add(field.Value);
        var reply = await connection.ExecuteAsync(command, ct: cancellationToken);
        return StreamEntryId.TryParse(reply[1].AsBytes().Span, out var id) ? id : null;
    }

    /// <summary>Deletes letters for good, up to <see cref="DroppedAtOnceMax"/>. Safe to repeat.</summary>
    /// <returns>How many were there.</returns>
    public async Task<long> DropAsync(IReadOnlyCollection<StreamEntryId> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 0) return 0;
        string[] call = ["FCALL", "sg_drop_v1", "2", keys.Meta, keys.Dead, .. letters.Select(letter => letter.ToString())];
        return (await connection.ExecuteAsync(call, cancellationToken)).AsInteger();
    }

    private async Task<IReadOnlyList<RespValue>> ReadPageAsync(string from, string to, int count, int bytesMax, CancellationToken cancellationToken) =>
        (await connection.ExecuteAsync(
            ["FCALL_RO", "sg_dead_letters_v1", "1", keys.Dead, from, to, Number(count), Number(bytesMax)], cancellationToken)).Items;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
