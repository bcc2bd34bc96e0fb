using System.Text;

namespace Streamgauge.Producing;

/// <summary>Products with names, prices and Zipf-like popularity: the product of rank r is drawn with weight 1 / r.</summary>
/// <remarks>Draws in constant time whatever the number of products (Walker's alias method as refined by Vose, 1991).</remarks>
internal sealed class ProductCatalog
{
    private const long MicrosPerCent = 10_000;

    // Most popular first; prices in whole units, low to high.
    private static readonly (string Name, int PriceLow, int PriceHigh)[] Known =
    [
        ("laptop", 649, 2199), ("phone", 199, 1299), ("tablet", 129, 999), ("headphones", 19, 349), ("monitor", 109, 799),
        ("keyboard", 15, 189), ("mouse", 9, 99), ("camera", 249, 1899), ("watch", 89, 799), ("speaker", 25, 399),
        ("printer", 79, 449), ("router", 39, 279), ("charger", 9, 59), ("console", 299, 549), ("television", 249, 1999),
        ("drone", 199, 1499), ("microphone", 29, 299), ("webcam", 25, 199), ("ssd", 39, 329), ("case", 7, 39),
    ];

    private readonly byte[][] _names;
    private readonly (int PriceLow, int PriceHigh)[] _prices;
    private readonly uint[] _keepBelow; // out of 2^32
    private readonly int[] _alias;

    public ProductCatalog(int count)
    {
        _names = new byte[count][];
        _prices = new (int, int)[count];
        for (var i = 0; i < count; i++)
        {
            var known = Known[i % Known.Length];
            _names[i] = Encoding.UTF8.GetBytes(i < Known.Length ? known.Name : $"{known.Name}-{(i / Known.Length) + 1}");
            _prices[i] = (known.PriceLow, known.PriceHigh);
        }

        (_keepBelow, _alias) = BuildAlias(count);
    }

    public ReadOnlySpan<byte> Name(int product) => _names[product];

    /// <summary>A product, the popular ones more often.</summary>
    public int Draw(ulong bits)
    {
        var product = GeneratorRandom.Scale((uint)bits, _names.Length);
        return (uint)(bits >> 32) < _keepBelow[product] ? product : _alias[product];
    }

    /// <summary>A price of <paramref name="product"/> that ends on .99, in micros.</summary>
    public long DrawPriceMicros(int product, uint bits)
    {
        var (low, high) = _prices[product];
        var units = low + GeneratorRandom.Scale(bits, high - low + 1);
        return ((units * 100L) + 99) * MicrosPerCent;
    }

    private static (uint[] KeepBelow, int[] Alias) BuildAlias(int count)
    {
        var scaled = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++) sum += 1.0 / (i + 1);
        for (var i = 0; i < count; i++) scaled[i] = count / (sum * (i + 1));

        var keepBelow = new uint[count];
        var alias = new int[count];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < count; i++) (scaled[i] < 1 ? small : large).Push(i);
        while (small.Count > 0 && large.Count > 0)
        {
            var (under, over) = (small.Pop(), large.Pop());
            keepBelow[under] = (uint)(scaled[under] * uint.MaxValue);
            alias[under] = over;
            scaled[over] -= 1 - scaled[under];
            (scaled[over] < 1 ? small : large).Push(over);
        }

        // What is left is 1 but for rounding: such a product keeps every draw.
        foreach (var rest in small.Concat(large)) (keepBelow[rest], alias[rest]) = (uint.MaxValue, rest);
        return (keepBelow, alias);
    }
}
