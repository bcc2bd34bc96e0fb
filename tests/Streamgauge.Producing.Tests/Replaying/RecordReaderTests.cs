using System.Text;

namespace Streamgauge.Producing.Tests;

public class RecordReaderTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "1:a|b 2:1|2")]
    [InlineData("a,b\r\n1,2\r\n", "1:a|b 2:1|2")]
    [InlineData("a,b\n1,2", "1:a|b 2:1|2")]
    [InlineData("\uFEFFa,b\n", "1:a|b")]
    [InlineData("\uFEFF\"a\",b\n", "1:a|b")]
    [InlineData("a,,\n,,\n", "1:a|| 2:||")]
    [InlineData("\n\r\na\n\n", "3:a")]
    [InlineData("\"a,b\",\"c\"\"d\"\r\n", "1:a,b|c\"d")]
    [InlineData("\"a\nb\",c\nd,e\n", "1:a\nb|c 3:d|e")]
    [InlineData("\"a\r\nb\"\r\nc\r\n", "1:a\r\nb 3:c")]
    [InlineData("\"\",\"\"\"\"\n", "1:|\"")]
    [InlineData("\"a\"", "1:a")]
    [InlineData("", "")]
    [InlineData("\uFEFF", "")]
    [InlineData("a,b\"c\nd\n", "!stray_quote@1:4 2:d")]
    [InlineData("\"a\"b,c\nd\n", "!text_after_quote@1:4 2:d")]
    [InlineData("\"a\rb\"\r\nc\n", "1:a\rb 2:c")]
    [InlineData("a\nb,\"c\nd\ne", "1:a !unterminated_quote@2:3 3:d 4:e")]
    [InlineData("\"x\ny\"z\nd\n", "!text_after_quote@2:3 3:d")]
    public void Csv_is_read_the_same_wherever_it_is_cut(string text, string expected) => AssertEveryCut(text, expected, () => new CsvParser((byte)','));

    [Theory]
    [InlineData("{\"a\":\"b\",\"c\":1}\n", "1:a=b|c=1")]
    [InlineData("{\"a\":1.50e3,\"b\":true,\"c\":null}\r\n{ }\n", "1:a=1.50e3|b=true|c= 2:")]
    [InlineData("\uFEFF{\"a\":\"\\u00e9\\n\\\"\"}", "1:a=é\n\"")]
    [InlineData("{\"a\" : { \"b\" : [1, \"x y\\\" z\"] } }", "1:a={\"b\":[1,\"x y\\\" z\"]}")]
    [InlineData("\n \r\n{\"a\":1}", "3:a=1")]
    [InlineData("{\"\\u0061\":1,\"a\":2}\n{\"a\":3}", "!duplicate_field@1:13 2:a=3")]
    [InlineData("[1]\n{\"a\":3}", "!not_an_object@1:1 2:a=3")]
    [InlineData("{\"a\":1\n{\"a\":3}", "!not_json@1:7 2:a=3")]
    [InlineData("{\"a\":1}x\n{\"a\":3}", "!not_json@1:8 2:a=3")]
    [InlineData("{\"a\":\"\\ud800\"}\n{\"a\":3}", "!invalid_text@1:2 2:a=3")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}\n{\"a\":3}", "!too_deep@1:21 2:a=3")]
    public void Ndjson_is_read_the_same_wherever_it_is_cut(string text, string expected) => AssertEveryCut(text, expected, () => new NdjsonParser());

    [Fact]
    public void Random_csv_survives_random_cuts()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Alphabet = "ab,,\"\"\n\r\té";
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = Read(bytes, () => bytes.Length + 1, new CsvParser((byte)','));
            var cut = Read(bytes, () => random.Next(1, 8), new CsvParser((byte)','));
            Assert.True(whole == cut, $"seed {seed}: {text}");
        }
    }

    [Fact]
    public void A_line_beyond_the_limit_costs_only_itself()
    {
        var text = "a\n" + new string('x', RecordReader.RecordBytesMax + 10) + "\nb\n";
        Assert.Equal("1:a !record_too_long@2:1 3:b", Read(Encoding.UTF8.GetBytes(text), () => 100_000, new CsvParser((byte)',')));
        Assert.Equal("1:a !record_too_long@2:1 3:b", Read(Encoding.UTF8.GetBytes(text), () => 777, new CsvParser((byte)',')));
    }

    [Fact]
    public void A_quote_that_never_ends_costs_only_its_line()
    {
        var text = "a\n\"b\n" + string.Concat(Enumerable.Repeat("c,d\n", 100_000));
        var result = Read(Encoding.UTF8.GetBytes(text), () => 100_000, new CsvParser((byte)','));
        Assert.StartsWith("1:a !unterminated_quote@2:1 3:c|d 4:c|d", result, StringComparison.Ordinal);
        Assert.EndsWith("100002:c|d", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_and_bytes_are_counted()
    {
        var bytes = "a\n\n\"b\nc\"\nd"u8.ToArray();
        var reader = new RecordReader(new MemoryStream(bytes));
        while (Next(reader) != RecordStatus.End) { }
        Assert.Equal(5, reader.LinesDone);
        Assert.Equal(bytes.Length, reader.BytesDone);
    }

    private static void AssertEveryCut(string text, string expected, Func<IRecordParser> parser)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length + 1; size++) Assert.Equal(expected, Read(bytes, () => size, parser()));
    }

    // "line:field|field" per record, "!reason@line:column" per fault.
    private static string Read(byte[] bytes, Func<int> chunkBytes, IRecordParser parser)
    {
        var reader = new RecordReader(new ChoppedStream(bytes, chunkBytes)) { Parser = parser };
        var seen = new List<string>();
        while (true)
        {
            switch (Next(reader))
            {
                case RecordStatus.End: return string.Join(' ', seen);
                case RecordStatus.Fault: seen.Add($"!{reader.Fault.WireName()}@{reader.FaultLine}:{reader.FaultColumn}"); break;
                default: seen.Add($"{reader.Line}:{string.Join('|', Enumerable.Range(0, reader.Record.Count).Select(i => Show(reader.Record, i)))}"); break;
            }
        }
    }

    private static string Show(RecordFields record, int index)
    {
        var name = Encoding.UTF8.GetString(record.Name(index));
        return (name.Length > 0 ? name + "=" : "") + Encoding.UTF8.GetString(record.Value(index));
    }

    private static RecordStatus Next(RecordReader reader)
    {
        RecordStatus status;
        while ((status = reader.Read()) == RecordStatus.NeedMore) reader.FillAsync(default).AsTask().Wait();
        return status;
    }

    private sealed class ChoppedStream(byte[] bytes, Func<int> chunkBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunkBytes())], cancellationToken);
    }
}
