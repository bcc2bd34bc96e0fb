using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>Everything a database holds of one stream, read at one moment, as lines of a name and a text.</summary>
internal static class ServerState
{
    /// <summary>Reads all keys: replies (key, type, content)…, and of the stream its group as well.</summary>
    public const string Script = """
        local reply = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
          local kind = redis.call('TYPE', key).ok
          local content = ''
          if kind == 'hash' then content = redis.call('HGETALL', key)
          elseif kind == 'zset' then content = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
          elseif kind == 'stream' then
            local entries, groups = redis.call('XRANGE', key, '-', '+'), redis.call('XINFO', 'GROUPS', key)
            if #groups == 0 then content = { entries }
            else content = { entries, groups[1], redis.call('XPENDING', key, groups[1][2], '-', '+', 10000), redis.call('XINFO', 'CONSUMERS', key, groups[1][2]) } end
          end
          reply[#reply + 1] = { key, kind, content }
        end
        return reply
        """;

    public static Dictionary<string, string> Describe(RespValue reply, StreamKeys keys)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in reply.Items)
        {
            var key = item[0].AsText();
            var name = key == keys.Stream ? "stream" : key[(keys.Stream.Length + 3)..];
            switch (item[1].AsText(), name)
            {
                case ("stream", "stream"):
                    DescribeStream(item[2], lines);
                    break;
                case ("stream", _):
                    lines[name] = string.Join(", ", item[2][0].Items.Select(DescribeLetter));
                    break;
                case ("hash", _):
                    foreach (var pair in item[2].Items.Chunk(2)) lines[$"{name}.{pair[0].AsText()}"] = DescribeField(pair[0].AsText(), pair[1]);
                    break;
                case ("zset", _):
                    foreach (var pair in item[2].Items.Chunk(2)) lines[$"{name}.{pair[0].AsText()}"] = pair[1].AsText();
                    break;
                default:
                    lines[name] = item[1].AsText();
                    break;
            }
        }

        return lines;
    }

    private static void DescribeStream(RespValue content, Dictionary<string, string> lines)
    {
        lines["stream"] = string.Join(' ', content[0].Items.Select(entry => entry[0].AsText()));
        if (content.Items.Count == 1) return;
        lines["delivered"] = content[1].Get("last-delivered-id")!.AsText();
        lines["pending"] = string.Join(' ', content[2].Items.Select(entry => $"{entry[0].AsText()}:{entry[1].AsText()}:{entry[3].AsInteger()}"));
        lines["consumers"] = string.Join(' ', content[3].Items.Select(consumer => consumer.Get("name")!.AsText()).Order(StringComparer.Ordinal));
    }

    private static string DescribeLetter(RespValue letter)
    {
        var fields = letter[1].Items.Chunk(2).ToDictionary(pair => pair[0].AsText(), pair => pair[1].AsText());
        return $"{fields["origin"]} {fields["index"]} {fields["reason"]} {fields["consumer"]} {fields["deliveries"]}";
    }

    // Registers are told by their number: 3 bytes each.
    private static string DescribeField(string field, RespValue value) => field == "hidden" || field.StartsWith("hidden:", StringComparison.Ordinal)
        ? $"{value.AsBytes().Length / 3} names"
        : Encoding.UTF8.GetString(value.AsBytes().Span);
}
