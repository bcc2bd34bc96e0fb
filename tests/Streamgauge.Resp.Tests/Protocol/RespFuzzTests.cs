namespace Streamgauge.Resp.Tests.Protocol;

public class RespFuzzTests
{
    private const string Alphabet = "*$+-:_#,(=!%~>|0123456789-?\r\n\r\n\r\nabct:";

    [Fact]
    public void Random_bytes_never_hang_and_throw_nothing_but_protocol_errors()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++) Probe(RandomBytes(random), random, seed);
    }

    [Fact]
    public void Damaged_replies_never_hang_and_throw_nothing_but_protocol_errors()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = Replies.Bytes(Replies.All[random.Next(Replies.All.Length)].Wire);
            for (var damage = random.Next(1, 4); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)Alphabet[random.Next(Alphabet.Length)];
            Probe(bytes, random, seed);
        }
    }

    /// <summary>The scanner, fed in random steps; and every method of the reader, over bytes that never passed the scanner.</summary>
    private static void Probe(byte[] bytes, Random random, int seed)
    {
        try
        {
            Tolerate(() => ScanInSteps(bytes, random));
            Tolerate(() => Replies.Bytes(RenderAll(bytes)));
            Tolerate(() => WalkAtRandom(bytes, random));
        }
        catch (Exception e)
        {
            Assert.Fail($"Seed {seed}, bytes {Convert.ToHexString(bytes)}: {e}");
        }
    }

    private static void Tolerate(Action action)
    {
        try
        {
            action();
        }
        catch (RespProtocolException e)
        {
            Assert.True(e.Offset >= 0, e.Message);
        }
        catch (RedisReplyException)
        {
            // An error value met while reading something else; documented on RespReader.
        }
    }

    private static void ScanInSteps(byte[] bytes, Random random)
    {
        var scanner = new RespScanner(replyBytesMax: 512, depthMax: 4);
        var start = 0;
        var end = 0;
        while (end < bytes.Length)
        {
            end = Math.Min(bytes.Length, end + random.Next(1, 8));
            while (scanner.TryScan(bytes.AsSpan(start, end - start), out var length))
            {
                Assert.InRange(length, RespSyntax.ValueBytesMin, end - start);
                var reader = new RespReader(bytes.AsSpan(start, length));
                reader.Skip();
                Assert.True(reader.AtEnd, "Scanner and reader must agree where a reply ends.");
                start += length;
            }
        }
    }

    private static string RenderAll(byte[] bytes)
    {
        var reader = new RespReader(bytes);
        var text = "";
        while (!reader.AtEnd) text += RespValue.Read(ref reader).ToString();
        return text;
    }

    private static void WalkAtRandom(byte[] bytes, Random random)
    {
        var reader = new RespReader(bytes);
        while (!reader.AtEnd)
        {
            var before = reader.Position;
            switch (random.Next(8))
            {
                case 0: reader.Skip(); break;
                case 1: reader.ReadString(); break;
                case 2: reader.ReadInteger(); break;
                case 3: reader.ReadAggregateHeader(); break;
                case 4: reader.ReadText(); break;
                case 5: reader.ReadDouble(); break;
                case 6: reader.TryReadString(out _); break;
                default: if (!reader.TryReadError(out _)) reader.Skip(); break;
            }

            Assert.True(reader.Position > before, "Every read must make progress.");
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(1, 64)];
        var isProtocolLike = random.Next(4) > 0;
        for (var index = 0; index < bytes.Length; index++) bytes[index] = isProtocolLike ? (byte)Alphabet[random.Next(Alphabet.Length)] : (byte)random.Next(256);
        return bytes;
    }
}
