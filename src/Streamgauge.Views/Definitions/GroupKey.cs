namespace Streamgauge.Views;

/// <summary>Names of groups: the values of the group-by fields in order, with <see cref="Separator"/> between them.</summary>
/// <remarks>An absent field is an empty value: empty values are absent on the wire too.</remarks>
public static class GroupKey
{
    /// <summary>U+001F, the unit separator. Documented names cannot contain it; in further fields it becomes a blank.</summary>
    public const char Separator = '\u001f';

    /// <summary>The group that takes what is beyond the budget.</summary>
    public const string Other = "(other)";

    /// <summary>Longest value in a group's name, in bytes; what is beyond is cut, so that the memory of a group is bounded.</summary>
    public const int ValueBytesMax = 256;

    /// <summary>The value as far as it stands in names: cut at the end of a character.</summary>
    internal static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> value)
    {
        if (value.Length <= ValueBytesMax) return value;
        var end = ValueBytesMax;
        while (end > 0 && (value[end] & 0xC0) == 0x80) end--; // inside a character of UTF-8
        return value[..end];
    }

    /// <summary>The values of a group, one per group-by field; "(other)" in each for the group beyond the budget.</summary>
    public static string[] Split(string group, int fields)
    {
        if (fields == 0) return [];
        if (group == Other) return [.. Enumerable.Repeat(Other, fields)];
        return group.Split(Separator, fields);
    }
}
