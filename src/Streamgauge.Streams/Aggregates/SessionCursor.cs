using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Streamgauge.Streams;

/// <summary>Where a walk through all sessions stands; as text it is opaque and safe in a URL.</summary>
/// <param name="OldestMs">Start of the oldest bucket when the walk began. When that bucket has expired, the walk cannot be finished.</param>
/// <param name="BucketMs">Start of the bucket to go on with.</param>
/// <param name="Position">Redis's own cursor in that bucket.</param>
public readonly record struct SessionCursor(long OldestMs, long BucketMs, ulong Position)
{
    /// <summary>Longest text form: three 20-digit numbers and two dots, in base64url.</summary>
    public const int TextCharsMax = 84;

    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse(string text, out SessionCursor cursor)
    {
        cursor = default;
        if (text.Length is 0 or > TextCharsMax || !Base64Url.IsValid(text)) return false;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        if (parts.Length != 3) return false;
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var oldestMs)) return false;
        if (!long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bucketMs)) return false;
        if (!ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return false;
        cursor = new SessionCursor(oldestMs, bucketMs, position);
        return true;
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{OldestMs}.{BucketMs}.{Position}"));
}
