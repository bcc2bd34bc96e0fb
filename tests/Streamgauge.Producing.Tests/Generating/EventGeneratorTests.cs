using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Producing.Tests;

public class EventGeneratorTests
{
    private const long StartMs = 1_767_225_600_000;

    [Fact]
    public void Same_seed_and_start_give_the_same_bytes()
    {
        Assert.Equal(HashOf(new GeneratorOptions { Seed = 7 }, StartMs), HashOf(new GeneratorOptions { Seed = 7 }, StartMs));
        Assert.NotEqual(HashOf(new GeneratorOptions { Seed = 7 }, StartMs), HashOf(new GeneratorOptions { Seed = 8 }, StartMs));
    }

    [Fact]
    public void Bytes_of_a_seed_never_change_between_releases() =>
        Assert.Equal("ef6e41a8de6c76d8", HashOf(new GeneratorOptions { Seed = 1 }, StartMs));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shares_of_event_types_are_as_documented(bool uniform)
    {
        const int Total = 200_000;
        var counts = Make(new GeneratorOptions { UniformSessions = uniform }, Total).CountBy(e => e.Type).ToDictionary();
        AssertShare("view", 0.55);
        AssertShare("click", 0.25);
        AssertShare("search", 0.10);
        AssertShare("logout", 0.05);
        AssertShare("purchase", 0.03);
        AssertShare("signup", 0.02);
        Assert.Equal(6, counts.Count);

        void AssertShare(string type, double share) => Assert.InRange(counts[type] / (double)Total, share - 0.01, share + 0.01);
    }

    [Fact]
    public void Shares_hold_from_the_first_event_on()
    {
        var events = Make(new GeneratorOptions { Sessions = 100_000 }, 20_000);
        Assert.InRange(events.Count(e => e.Type == "view") / 20_000.0, 0.52, 0.60);
    }

    [Fact]
    public void Popular_products_are_drawn_more_often()
    {
        var counts = Make(new GeneratorOptions(), 200_000).Where(e => e.Type == "view").CountBy(e => e.Product).ToDictionary();
        Assert.Equal(20, counts.Count);
        Assert.InRange(counts["laptop"] / (double)counts["phone"], 1.9, 2.1);
        Assert.InRange(counts["laptop"] / (double)counts["tablet"], 2.8, 3.2);
        Assert.Equal("laptop", counts.MaxBy(c => c.Value).Key);
    }

    [Fact]
    public void Only_purchases_have_a_price_and_only_product_events_a_product()
    {
        foreach (var e in Make(new GeneratorOptions(), 50_000))
        {
            Assert.Equal(e.Type is "view" or "click" or "purchase", e.Product.Length > 0);
            Assert.Equal(e.Type == "purchase", e.ValueMicros.HasValue);
            if (e.Type != "purchase") { Assert.Empty(e.Extra); continue; }
            var quantity = e.Extra.Length == 0 ? 1 : int.Parse(e.Extra["quantity=".Length..], CultureInfo.InvariantCulture);
            Assert.InRange(quantity, 1, 3);
            Assert.InRange(FixedPoint.ToDecimal(e.ValueMicros!.Value) / quantity, 7.99m, 2199.99m);
            if (e.Product == "laptop") Assert.InRange(FixedPoint.ToDecimal(e.ValueMicros.Value) / quantity, 649.99m, 2199.99m);
        }
    }

    [Fact]
    public void Sessions_start_browse_and_end_and_belong_to_one_user()
    {
        var sessions = Make(new GeneratorOptions { Sessions = 50 }, 50_000).GroupBy(e => e.SessionId).OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
        Assert.InRange(sessions.Count, 4_000, 6_000); // 50,000 events of about ten each

        // The first fifty were under way before.
        foreach (var session in sessions.Skip(50))
        {
            var types = session.Select(e => e.Type).ToList();
            Assert.Single(session.Select(e => e.UserId).Distinct());
            Assert.Contains(types[0], new[] { "signup", "search", "view" });
            Assert.True(types.IndexOf("signup") <= 0, "a signup comes first or not at all");
            Assert.DoesNotContain("logout", types.SkipLast(1));
            var seen = new HashSet<string>();
            foreach (var e in session)
            {
                if (e.Type == "view") seen.Add(e.Product);
                else if (e.Product.Length > 0) Assert.Contains(e.Product, seen);
            }
        }
    }

    [Fact]
    public void Users_come_back_with_other_sessions()
    {
        var sessionsPerUser = Make(new GeneratorOptions { Sessions = 50 }, 50_000).GroupBy(e => e.UserId).Select(u => u.Select(e => e.SessionId).Distinct().Count());
        Assert.Contains(sessionsPerUser, count => count > 1);
    }

    [Fact]
    public void Uniform_sessions_come_evenly_from_a_fixed_set()
    {
        var counts = Make(new GeneratorOptions { UniformSessions = true, Sessions = 100 }, 100_000).CountBy(e => e.SessionId).ToDictionary();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => i.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal), counts.Keys.Order(StringComparer.Ordinal));
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Event_ids_are_unique_within_a_run_and_between_runs()
    {
        const int Total = 1_000_000;
        var ids = new HashSet<(ulong, ulong, ulong)>();
        foreach (var (seed, startMs, count) in new[] { (1UL, StartMs, Total), (2UL, StartMs, 10_000), (1UL, StartMs + 1, 10_000) })
        {
            var generator = new EventGenerator(new GeneratorOptions { Seed = seed }, startMs);
            var fields = default(EventFields);
            for (var i = 0; i < count; i++)
            {
                generator.Next(startMs, ref fields);
                Assert.Equal(24, fields.EventId.Length);
                Assert.True(ids.Add((BitConverter.ToUInt64(fields.EventId), BitConverter.ToUInt64(fields.EventId[8..]), BitConverter.ToUInt64(fields.EventId[16..]))));
            }
        }
    }

    [Fact]
    public void Making_events_allocates_nothing()
    {
        var generator = new EventGenerator(new GeneratorOptions(), StartMs);
        var fields = default(EventFields);
        for (var i = 0; i < 1000; i++) generator.Next(StartMs, ref fields);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++) generator.Next(StartMs, ref fields);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Every_mistake_in_the_options_is_reported_at_once()
    {
        var options = new GeneratorOptions { Rate = -1, Count = -1, Sessions = 0, Products = 0, Duration = TimeSpan.Zero };
        Assert.Equal(5, options.Validate().Count);
        Assert.Single(new GeneratorOptions { Rate = double.NaN }.Validate());
        Assert.Empty(new GeneratorOptions().Validate());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x9a0b_cdefu)]
    [InlineData(uint.MaxValue)]
    [InlineData(12_345_678u)]
    public void Fixed_width_numbers_read_back(uint value)
    {
        var text = new byte[8];
        FixedText.WriteHex8(value, text);
        Assert.Equal(value.ToString("x8", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text));
        FixedText.WriteDecimal8(value % 100_000_000, text);
        Assert.Equal((value % 100_000_000).ToString("d8", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text));
    }

    private static List<SentEvent> Make(GeneratorOptions options, int count)
    {
        var generator = new EventGenerator(options, StartMs);
        var events = new List<SentEvent>(count);
        var fields = default(EventFields);
        for (var i = 0; i < count; i++)
        {
            generator.Next(StartMs + i, ref fields);
            Assert.Equal(EventFault.None, EventValidator.Check(fields));
            events.Add(SentEvent.Of(fields));
        }

        return events;
    }

    private static string HashOf(GeneratorOptions options, long startMs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var generator = new EventGenerator(options, startMs);
        var fields = default(EventFields);
        for (var i = 0; i < 10_000; i++)
        {
            generator.Next(startMs + i, ref fields);
            hash.AppendData(Encoding.UTF8.GetBytes(SentEvent.Of(fields).ToString()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
