using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Entries that were dead-lettered unseen: to count the stream again they must be passed over.</summary>
/// <remarks>Those that could not be decoded need no list: they cannot be decoded now either.</remarks>
internal static class BuriedEntries
{
    private const int Page = 50; // a dead letter may be large

    public static async Task<HashSet<StreamEntryId>> ReadAsync(RespConnection connection, StreamKeys keys, CancellationToken cancellationToken)
    {
        var buried = new HashSet<StreamEntryId>();
        var after = "-";
        while (true)
        {
            var letters = await connection.ExecuteAsync(["XRANGE", keys.Dead, after, "+", "COUNT", Page.ToString(CultureInfo.InvariantCulture)], cancellationToken);
            foreach (var letter in letters.Items)
            {
                // origin, index and reason come first, in this order; whatever looks different is not ours.
                if (letter[1].Items.Count >= 6 && letter[1][3].AsText() == "-1" && DeadLetter.ReasonsOfEntries.Contains(letter[1][5].AsText()) && StreamEntryId.TryParse(letter[1][1].AsBytes().Span, out var origin)) buried.Add(origin);
                after = "(" + letter[0].AsText();
            }

            if (letters.Items.Count < Page) return buried;
        }
    }
}
