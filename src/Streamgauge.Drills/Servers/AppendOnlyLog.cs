using System.Buffers.Text;

namespace Streamgauge.Drills;

/// <summary>Finds blocks in an append-only file: it is a list of commands as clients send them, and what belongs together stands between MULTI and EXEC.</summary>
internal static class AppendOnlyLog
{
    /// <summary>Where the last MULTI … EXEC block that holds a command stands: first byte, and first byte after it.</summary>
    /// <param name="command">Name as Redis writes it: <c>XACK</c>.</param>
    /// <exception cref="DrillException">There is none.</exception>
    public static (int Start, int End) FindLastBlock(ReadOnlySpan<byte> file, ReadOnlySpan<byte> command)
    {
        (int Start, int End)? found = null;
        var (start, holds) = (-1, false);
        for (var at = 0; at < file.Length;)
        {
            var from = at;
            var name = ReadCommand(file, ref at);
            if (name.SequenceEqual("MULTI"u8)) (start, holds) = (from, false);
            else if (name.SequenceEqual(command)) holds = true;
            else if (name.SequenceEqual("EXEC"u8) && holds && start >= 0) found = (start, at);
        }

        return found ?? throw new DrillException("The append-only file holds no commit; the drill needs one that is logged as MULTI … EXEC.");
    }

    /// <summary>Commands in a file.</summary>
    public static int CountCommands(ReadOnlySpan<byte> file)
    {
        var count = 0;
        for (var at = 0; at < file.Length; count++) ReadCommand(file, ref at);
        return count;
    }

    // *<arguments>\r\n then per argument $<length>\r\n<bytes>\r\n; since Redis 7 also lines of comments: #TS:…\r\n
    private static ReadOnlySpan<byte> ReadCommand(ReadOnlySpan<byte> file, ref int at)
    {
        if (file[at] == '#')
        {
            at += file[at..].IndexOf((byte)'\n') + 1;
            return [];
        }

        var arguments = ReadNumber(file, ref at);
        ReadOnlySpan<byte> name = [];
        for (var i = 0; i < arguments; i++)
        {
            var length = ReadNumber(file, ref at);
            if (i == 0) name = file.Slice(at, length);
            at += length + 2;
        }

        return name;
    }

    private static int ReadNumber(ReadOnlySpan<byte> file, ref int at)
    {
        if (!Utf8Parser.TryParse(file[(at + 1)..], out int number, out var digits)) throw new DrillException($"The append-only file cannot be read at byte {at}.");
        at += 1 + digits + 2;
        return number;
    }
}
