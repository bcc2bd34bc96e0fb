using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Producing.Tests.Spooling;

/// <summary>The files of a spool, without any Redis.</summary>
public sealed class SpoolTests : IDisposable
{
    private const long BytesMax = 4 * 1024 * 1024;
    private static readonly StreamKeys Keys = new("events");
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_appended_is_read_in_order_and_the_files_go_once_all_is_acknowledged()
    {
        using var spool = Open();
        for (var i = 1; i <= 2_000; i++) spool.Append(Send(i, padding: 1_000), isRead: false);
        Assert.InRange(spool.Segments, 8, 16);
        Assert.Equal(Enumerable.Range(1, 2_000).Select(i => (long)i), ReadAll(spool));
        for (var i = 0; i < 2_000; i++)
        {
            Assert.Equal(2_000 - i, spool.Records);
            spool.Acknowledge(1);
        }

        Assert.Equal((0, 0, 0, 0), (spool.Bytes, spool.Records, spool.Events, spool.Segments));
        Assert.Empty(Files());
        spool.Append(Send(2_001), isRead: false); // and it goes on
        Assert.Equal([2_001], ReadAll(spool));
    }

    [Fact]
    public void The_next_process_finds_what_was_not_acknowledged_under_the_old_producer_and_sequence()
    {
        using (var spool = Open())
        {
            for (var i = 5; i <= 300; i++) spool.Append(Send(i, padding: 4_000), isRead: i < 8);
            for (var i = 5; i < 8; i++) spool.Acknowledge(1);
        }

        using var next = Open();
        Assert.NotNull(next.LeftAtMs);
        var append = new StoredAppend(Keys);
        next.Read(append);
        Assert.Equal(("old", 1, 1), (append.Producer, append.Count, append.Entries));
        Assert.InRange(append.Sequence, 5, 8); // the file that held the first ones may still be there
        var rest = ReadAll(next);
        Assert.Equal(Enumerable.Range((int)append.Sequence + 1, 300 - (int)append.Sequence).Select(i => (long)i), rest);
    }

    [Fact]
    public void Last_record_cut_at_any_byte_is_cut_off_and_all_before_it_are_read()
    {
        long before;
        using (var spool = Open())
        {
            spool.Append(Send(1), isRead: false);
            spool.Append(Send(2), isRead: false);
            before = spool.Bytes;
            spool.Append(Send(3), isRead: false);
        }

        var whole = File.ReadAllBytes(Files().Single());
        for (var length = before; length < whole.Length; length++)
        {
            File.WriteAllBytes(Files().Single(), whole[..(int)length]);
            using var spool = Open();
            Assert.Equal(length - before, spool.TornBytes);
            spool.Append(Send(4), isRead: false);
            Assert.Equal([1, 2, 4], ReadAll(spool));
        }
    }

    [Fact]
    public void First_file_cut_at_any_byte_of_its_head_is_an_empty_spool()
    {
        using (var spool = Open()) spool.Append(Send(1), isRead: false);
        var path = Files().Single();
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < SpoolSegment.HeadBytes("events"); length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            using var spool = Open();
            Assert.Equal((0, length), (spool.Records, spool.TornBytes));
        }
    }

    [Fact]
    public void Zeros_behind_the_last_record_as_a_power_cut_leaves_them_are_cut_off()
    {
        using (var spool = Open()) spool.Append(Send(1), isRead: false);
        File.AppendAllBytes(Files().Single(), new byte[100]);
        using var next = Open();
        Assert.Equal(100, next.TornBytes);
        Assert.Equal([1], ReadAll(next));
    }

    [Fact]
    public void A_damaged_byte_anywhere_is_refused_with_file_offset_and_remedy()
    {
        using (var spool = Open())
        {
            for (var i = 1; i <= 3; i++) spool.Append(Send(i), isRead: false);
        }

        var path = Files().Single();
        var whole = File.ReadAllBytes(path);
        var first = SpoolSegment.HeadBytes("events");
        var recordBytes = (whole.Length - first) / 3;
        for (var at = first; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            var refusal = Assert.Throws<SpoolException>(() => Open());
            var offset = first + (at - first) / recordBytes * recordBytes;
            Assert.Contains($"{path} is damaged at byte {offset}:", refusal.Message);
            Assert.Contains($"`truncate -s {offset} {path}`", refusal.Message);
        }

        // The remedy works.
        File.WriteAllBytes(path, whole[..(first + recordBytes)]);
        using var remedied = Open();
        Assert.Equal([1], ReadAll(remedied));
    }

    [Fact]
    public void A_file_that_is_cut_off_although_others_follow_is_refused()
    {
        using (var spool = Open())
        {
            for (var i = 1; i <= 200; i++) spool.Append(Send(i, padding: 4_000), isRead: false);
        }

        var oldest = Files().Order().First();
        using (var file = File.OpenWrite(oldest)) file.SetLength(file.Length - 1);
        Assert.Contains("cut off, although files follow", Assert.Throws<SpoolException>(() => Open()).Message);
    }

    [Fact]
    public void A_record_that_is_damaged_while_the_process_runs_is_not_skipped()
    {
        using var spool = Open();
        spool.Append(Send(1), isRead: false);
        var length = (int)spool.Bytes;
        spool.Append(Send(2), isRead: false);
        using (var file = new FileStream(Files().Single(), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = length + 40;
            file.WriteByte(0xFF);
        }

        var append = new StoredAppend(Keys);
        spool.Read(append);
        Assert.Throws<SpoolException>(() => spool.Read(append));
        Assert.Throws<SpoolException>(() => spool.Read(append));
        Assert.True(spool.HasUnread);
    }

    [Fact]
    public void Two_senders_never_share_a_folder()
    {
        using var spool = Open();
        Assert.Contains("in use by another sender: give each its own --spool folder", Assert.Throws<SpoolException>(() => Open()).Message);
    }

    [Fact]
    public void Spool_of_another_stream_is_refused()
    {
        using (var spool = Open()) spool.Append(Send(1), isRead: false);
        var refusal = Assert.Throws<SpoolException>(() => Spool.Open(_folder, "clicks", BytesMax, TimeProvider.System));
        Assert.Contains("holds events of the stream 'events', not of 'clicks': send them first with --stream events", refusal.Message);
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        Assert.Contains("cannot be made", Assert.Throws<SpoolException>(() => Spool.Open(Path.Combine(_folder, "file", "spool"), "events", BytesMax, TimeProvider.System)).Message);
    }

    private static List<long> ReadAll(Spool spool)
    {
        var sequences = new List<long>();
        var append = new StoredAppend(Keys);
        while (spool.HasUnread)
        {
            spool.Read(append);
            sequences.Add(append.Sequence);
        }

        return sequences;
    }

    private static PlainAppend Send(long sequence, int padding = 0)
    {
        var append = new PlainAppend(Keys, "old") { Sequence = sequence };
        append.Add(new EventFields { EventType = "click"u8, EventId = System.Text.Encoding.UTF8.GetBytes(sequence.ToString("D6").PadLeft(padding, '0')), TimestampMs = 1_763_000_000_000 });
        return append;
    }

    private Spool Open() => Spool.Open(_folder, "events", BytesMax, TimeProvider.System);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(_folder, "*.spool");
}
