using System.Text;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/dead-letters</c>.</summary>
/// <param name="Stored">Dead letters there are.</param>
/// <param name="LookedAt">How many of them, the newest, the rest of this answer is about.</param>
internal sealed record DeadLettersAnswer(DateTimeOffset AsOf, long Stored, int LookedAt, IReadOnlyList<DeadLetterReason> Reasons, IReadOnlyList<DeadLetterItem> Items);

/// <summary>The letters of one reason.</summary>
/// <param name="Retried">Those that were retried before and came back.</param>
internal sealed record DeadLetterReason(string Reason, long Count, long Retried, DateTimeOffset Oldest, DateTimeOffset Newest);

/// <summary>One letter, as text that may be shown.</summary>
/// <param name="Origin">Id of the entry it was.</param>
/// <param name="Index">Position in the frame; null for a whole entry.</param>
/// <param name="Complete">Whether <paramref name="Fields"/> are all it has, uncut.</param>
/// <param name="Fields">Names and values of the first <see cref="FieldsMax"/> fields, each cut at <see cref="FieldCharsMax"/> chars.</param>
internal sealed record DeadLetterItem(string Id, string Reason, string Origin, int? Index, DateTimeOffset At, long Retried, long Bytes, bool Complete, IReadOnlyList<string[]> Fields)
{
    public const int FieldsMax = 32;
    public const int FieldCharsMax = 256;

    public static DeadLetterItem Of(StoredDeadLetter letter)
    {
        var isComplete = letter.IsWhole && letter.Fields.Count <= FieldsMax;
        string[][] fields = [.. letter.Fields.Take(FieldsMax).Select(field => new[] { Text(field.Name.Span, ref isComplete), Text(field.Value.Span, ref isComplete) })];
        return new DeadLetterItem(letter.Id.ToString(), letter.Reason, letter.Origin.ToString(), letter.Index < 0 ? null : letter.Index, TimeOf(letter), letter.Retried, letter.Bytes, isComplete, fields);
    }

    /// <summary>When it was buried; a client may have written any id.</summary>
    public static DateTimeOffset TimeOf(StoredDeadLetter letter) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(letter.Id.ArrivalMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    // What is no UTF-8 becomes U+FFFD. Cut as bytes first: a field may have a megabyte.
    private static string Text(ReadOnlySpan<byte> utf8, ref bool isComplete)
    {
        var text = Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, FieldCharsMax * 4)]);
        if (text.Length <= FieldCharsMax) return text;
        isComplete = false;
        return text[..FieldCharsMax] + "…";
    }
}
