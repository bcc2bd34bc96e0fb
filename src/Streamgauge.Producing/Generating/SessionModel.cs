namespace Streamgauge.Producing;

/// <summary>Who does what next: a fixed number of sessions under way, each picked at random to take its next step.</summary>
/// <remarks>The sessions of the first moment are already browsing, so the shares of event types hold from the first event on.</remarks>
internal sealed class SessionModel
{
    public const int QuantityMax = 3;

    private const int UsersPerSession = 10;
    private const int UsersMax = 99_999_999; // eight digits

    // Out of 65,536. Calibrated to the shares documented at EventGenerator: 9.3 events per session besides signup and logout.
    private const int One = 65_536;
    private const int EndsBelow = (int)(One / 9.3);
    private const int LogsOutBelow = (int)(One * 0.50);
    private const int SignsUpBelow = (int)(One * 0.20);
    private const int ArrivesSearchingBelow = (int)(One * 0.40);
    private const int SearchBelow = (int)(One * 0.081);
    private const int PurchaseBelow = SearchBelow + (int)(One * 0.041);
    private const int ClickBelow = PurchaseBelow + (int)(One * 0.338);

    // The same shares drawn directly, for uniform sessions.
    private const int UniformViewBelow = (int)(One * 0.55);
    private const int UniformClickBelow = UniformViewBelow + (int)(One * 0.25);
    private const int UniformSearchBelow = UniformClickBelow + (int)(One * 0.10);
    private const int UniformLogoutBelow = UniformSearchBelow + (int)(One * 0.05);
    private const int UniformPurchaseBelow = UniformLogoutBelow + (int)(One * 0.03);

    private readonly ProductCatalog _catalog;
    private readonly int _sessions;
    private readonly SessionSlot[]? _slots; // null: uniform
    private GeneratorRandom _random;
    private uint _sessionCount;
    private uint _userCount;
    private int _product;

    public SessionModel(GeneratorOptions options)
    {
        _catalog = new ProductCatalog(options.Products);
        _random = new GeneratorRandom(options.Seed);
        _sessions = options.Sessions;
        _userCount = (uint)Math.Min(options.Sessions * (long)UsersPerSession, UsersMax / 2);
        if (options.UniformSessions) return;
        _slots = new SessionSlot[options.Sessions];
        foreach (ref var slot in _slots.AsSpan())
        {
            Start(ref slot);
            slot.Product = _catalog.Draw(_random.Next());
            slot.Phase = SessionPhase.Browsing;
        }
    }

    public EventKind Kind { get; private set; }

    public uint Session { get; private set; }

    public uint User { get; private set; }

    /// <summary>Of a purchase: the whole amount.</summary>
    public long ValueMicros { get; private set; }

    /// <summary>Of a purchase: 1 to <see cref="QuantityMax"/>.</summary>
    public int Quantity { get; private set; }

    /// <summary>Of a view, click or purchase.</summary>
    public ReadOnlySpan<byte> ProductName => _catalog.Name(_product);

    public void Next()
    {
        var bits = _random.Next();
        var pick = GeneratorRandom.Scale((uint)bits, _sessions);
        if (_slots is null) NextUniform(pick, (int)(bits >> 48));
        else NextOf(ref _slots[pick], (int)((bits >> 32) & 0xFFFF), (int)(bits >> 48));
        if (Kind == EventKind.Purchase) DrawPurchase();
    }

    private void NextUniform(int pick, int kindDraw)
    {
        Session = (uint)pick + 1;
        User = Session; // Sessions are at most ten million: eight digits hold them.
        Kind = kindDraw switch
        {
            < UniformViewBelow => EventKind.View,
            < UniformClickBelow => EventKind.Click,
            < UniformSearchBelow => EventKind.Search,
            < UniformLogoutBelow => EventKind.Logout,
            < UniformPurchaseBelow => EventKind.Purchase,
            _ => EventKind.Signup,
        };
        _product = _catalog.Draw(_random.Next());
    }

    private void NextOf(ref SessionSlot slot, int kindDraw, int endDraw)
    {
        if (slot.Phase == SessionPhase.Free) Start(ref slot);
        Session = slot.Number;
        User = slot.User;
        switch (slot.Phase)
        {
            case SessionPhase.SigningUp:
                Kind = EventKind.Signup;
                slot.Phase = SessionPhase.Arriving;
                return; // a session that signs up goes on: ending here would skew the share of browsing
            case SessionPhase.Leaving:
                Kind = EventKind.Logout;
                slot.Phase = SessionPhase.Free;
                return;
            case SessionPhase.Arriving:
                if (kindDraw < ArrivesSearchingBelow) Search(ref slot);
                else View(ref slot);
                break;
            case SessionPhase.Searched:
                View(ref slot);
                break;
            default:
                if (kindDraw < SearchBelow) Search(ref slot);
                else if (kindDraw < PurchaseBelow) Kind = EventKind.Purchase;
                else if (kindDraw < ClickBelow) Kind = EventKind.Click;
                else View(ref slot);
                break;
        }

        _product = slot.Product;
        if (endDraw < EndsBelow) slot.Phase = (_random.Next() & 0xFFFF) < LogsOutBelow ? SessionPhase.Leaving : SessionPhase.Free;
    }

    private void Search(ref SessionSlot slot)
    {
        Kind = EventKind.Search;
        slot.Phase = SessionPhase.Searched;
    }

    private void View(ref SessionSlot slot)
    {
        Kind = EventKind.View;
        slot.Product = _catalog.Draw(_random.Next());
        slot.Phase = SessionPhase.Browsing;
    }

    private void Start(ref SessionSlot slot)
    {
        var bits = _random.Next();
        slot.Number = ++_sessionCount;
        if ((bits >> 48) < SignsUpBelow && _userCount < UsersMax)
        {
            slot.User = ++_userCount;
            slot.Phase = SessionPhase.SigningUp;
            return;
        }

        slot.User = (uint)GeneratorRandom.Scale((uint)bits, (int)_userCount) + 1;
        slot.Phase = SessionPhase.Arriving;
    }

    private void DrawPurchase()
    {
        var bits = _random.Next();
        Quantity = (bits >> 56) switch { < 13 => 3, < 38 => 2, _ => 1 }; // of 256: 5 % three, 10 % two
        ValueMicros = _catalog.DrawPriceMicros(_product, (uint)bits) * Quantity;
    }
}
