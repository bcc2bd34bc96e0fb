using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>One file of a spool: a head that names the stream, then records; only appended to, and removed whole. Not thread-safe.</summary>
internal sealed class SpoolSegment : IDisposable
{
    private const string Suffix = ".spool";
    private const int HeadBytesMax = 512;
    private const int NameAt = 10; // magic, u16 length of the stream's name, the name, u32 CRC-32C of all before

    private readonly SafeFileHandle _handle;

    private SpoolSegment(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        Length = length;
    }

    private static ReadOnlySpan<byte> Magic => "SGSPOOL1"u8;

    public string Path { get; }

    /// <summary>Bytes that are sound; what lies behind them, after a write that failed, is written over.</summary>
    public long Length { get; private set; }

    /// <summary>Records in it.</summary>
    public int Records { get; set; }

    /// <summary>How many of them were acknowledged.</summary>
    public int Acknowledged { get; set; }

    /// <summary>When its first record was written, Unix ms.</summary>
    public long FirstAtMs { get; set; }

    /// <summary>Whether it holds anything that may not be on the disk itself yet.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Files of a folder, oldest first, each with its number.</summary>
    public static IEnumerable<(string Path, long Number)> Find(string folder) =>
        Directory.EnumerateFiles(folder, "*" + Suffix)
            .Select(path => (path, Number: long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1))
            .Where(file => file.Number >= 0)
            .OrderBy(file => file.Number);

    public static int HeadBytes(string stream) => Head(stream).Length;

    public static SpoolSegment Create(string folder, long number, string stream)
    {
        var path = System.IO.Path.Combine(folder, number.ToString("D12", CultureInfo.InvariantCulture) + Suffix);
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        var segment = new SpoolSegment(path, handle, length: 0);
        try
        {
            segment.Append(Head(stream));
            return segment;
        }
        catch
        {
            segment.Delete(); // half a head would be damage behind the next segment
            throw;
        }
    }

    /// <summary>Opens a file that <see cref="SpoolScan"/> found sound up to <paramref name="length"/>; what lies behind is cut off.</summary>
    public static SpoolSegment Open(string path, long length)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        if (RandomAccess.GetLength(handle) > length) RandomAccess.SetLength(handle, length);
        return new SpoolSegment(path, handle, length);
    }

    /// <summary>Length of the head; false when it is cut off (or never was written).</summary>
    /// <exception cref="SpoolException">It is no head, or that of another stream.</exception>
    public static bool TryReadHead(string path, ReadOnlySpan<byte> bytes, string stream, out int length)
    {
        var expected = Head(stream);
        length = expected.Length;
        if (bytes.StartsWith(expected)) return true;
        if (expected.AsSpan().StartsWith(bytes) || !bytes.ContainsAnyExcept((byte)0)) return false;
        if (TryReadStream(bytes, out var other))
            throw new SpoolException($"{path} holds events of the stream '{other}', not of '{stream}': send them first with --stream {other}, or use another --spool folder for '{stream}'.");
        throw new SpoolException($"{path} does not begin as a spool does: it is damaged, or not ours. Move it out of the folder to go on without it.");
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="IOException">They could not be written, and count as not written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        IsDirty = true;
        RandomAccess.Write(_handle, bytes, Length);
        Length += bytes.Length;
    }

    /// <summary>Reads up to the length of <paramref name="into"/>; returns how many bytes there were.</summary>
    public int Read(Span<byte> into, long offset)
    {
        var total = 0;
        for (int count; total < into.Length && (count = RandomAccess.Read(_handle, into[total..], offset + total)) > 0;) total += count;
        return total;
    }

    /// <summary>Returns when everything appended is on the disk. May run beside everything else, even removal.</summary>
    public void Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (ObjectDisposedException)
        {
            // acknowledged and removed meanwhile
        }
    }

    /// <summary>Removes the file. Where that fails it stays, and the next start sends it again, which Redis drops as seen.</summary>
    public void Delete()
    {
        _handle.Dispose();
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // nothing is lost by it, and sending must go on
        }
    }

    public void Dispose() => _handle.Dispose();

    private static byte[] Head(string stream)
    {
        var name = Encoding.UTF8.GetBytes(stream);
        var head = new byte[NameAt + name.Length + 4];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), (ushort)name.Length);
        name.CopyTo(head, NameAt);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(NameAt + name.Length), Crc32C.Compute(head.AsSpan(0, NameAt + name.Length)));
        return head;
    }

    private static bool TryReadStream(ReadOnlySpan<byte> bytes, out string stream)
    {
        stream = "";
        if (!bytes.StartsWith(Magic) || bytes.Length < NameAt) return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (length > HeadBytesMax || bytes.Length < NameAt + length + 4) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(NameAt + length)..]) != Crc32C.Compute(bytes[..(NameAt + length)])) return false;
        stream = Encoding.UTF8.GetString(bytes.Slice(NameAt, length));
        return true;
    }
}
