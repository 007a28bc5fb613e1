namespace Moderation.Enforcement;

/// <summary>
/// The strikes of an account grouped into incidents, each of which counts once. A strike joins the incident that has its fingerprint, else the
/// one that its rule began at most 24 hours before; else it begins one. Strikes come in the order of their time, so a later one never
/// regroups earlier ones. An incident that counts no more takes none in.
/// </summary>
internal sealed class IncidentHistory
{
    private readonly List<Incident> _incidents = [];
    private readonly Dictionary<string, Incident> _byRule = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Incident> _byFingerprint = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CountedStrike> _beginnings = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>All incidents, expired ones too, in the order in which they began.</summary>
    public IReadOnlyList<Incident> Incidents => _incidents;

    /// <summary>The incidents of the strikes that were given by a time and are not reverted at another.</summary>
    /// <param name="ledger">The ledger, in any order.</param>
    /// <param name="until">Strikes after this time are left out.</param>
    /// <param name="now">Strikes that are reverted at this time are left out, as if they had never been.</param>
    public static IncidentHistory Of(IReadOnlyList<LedgerEntry> ledger, DateTimeOffset until, DateTimeOffset now)
    {
        var history = new IncidentHistory();
        var given = ledger
            .Where(e => e.Strike is { } s && s.Time <= until && !s.IsReverted(now))
            .OrderBy(e => e.Strike!.Time)
            .ThenBy(e => e.DecisionId, StringComparer.Ordinal);
        foreach (var entry in given)
            history.Add(entry.Strike!, entry.DecisionId);
        return history;
    }

    /// <summary>Adds a strike that is no older than those before it; true when it begins an incident.</summary>
    public bool Add(Strike strike, string decisionId)
    {
        var weight = StrikeLadder.WeightOf(strike);
        if (weight == 0)
            return false;
        var counted = new CountedStrike(strike, decisionId, weight, _count++);
        var incident = Find(strike);
        var begins = incident is null;
        if (incident is null)
        {
            incident = new Incident(counted);
            _incidents.Add(incident);
            _byRule[strike.RuleId] = incident;
            _beginnings[decisionId] = counted;
        }
        else
        {
            incident.Join(counted);
        }
        if (strike.Fingerprint.Length > 0)
            _byFingerprint[strike.Fingerprint] = incident;
        return begins;
    }

    /// <summary>The sum of the weights that count at a time.</summary>
    public int LevelAt(DateTimeOffset at) => _incidents.Sum(i => i.WeightAt(at, int.MaxValue));

    /// <summary>The level to which a decision's strike brought the account by beginning an incident; 0 when it began none.</summary>
    public int LevelReachedBy(string decisionId) =>
        _beginnings.TryGetValue(decisionId, out var strike) ? _incidents.Sum(i => i.WeightAt(strike.Strike.Time, strike.Place)) : 0;

    private Incident? Find(Strike strike)
    {
        if (strike.Fingerprint.Length > 0 && _byFingerprint.TryGetValue(strike.Fingerprint, out var same) && same.CountsAt(strike.Time))
            return same;
        return _byRule.TryGetValue(strike.RuleId, out var recent) && strike.Time - recent.Begin <= StrikeLadder.IncidentWindow
            && recent.CountsAt(strike.Time) ? recent : null;
    }
}

/// <summary>A strike that has a weight, with its place in the order of time.</summary>
internal sealed record CountedStrike(Strike Strike, string DecisionId, int Weight, int Place);

/// <summary>Strikes that count once. Its weight is that of the heaviest that has not expired.</summary>
internal sealed class Incident(CountedStrike first)
{
    private readonly List<CountedStrike> _strikes = [first];

    /// <summary>When its first strike was given.</summary>
    public DateTimeOffset Begin => first.Strike.Time;

    public void Join(CountedStrike strike) => _strikes.Add(strike);

    /// <summary>The strikes that have not expired at a time, oldest first.</summary>
    public IEnumerable<CountedStrike> ActiveAt(DateTimeOffset at) => _strikes.Where(s => at < s.Strike.Expiry);

    public bool CountsAt(DateTimeOffset at) => _strikes.Exists(s => at < s.Strike.Expiry);

    /// <summary>The weight at a time, of the strikes up to a place.</summary>
    public int WeightAt(DateTimeOffset at, int place) =>
        ActiveAt(at).Where(s => s.Place <= place).Select(s => s.Weight).DefaultIfEmpty(0).Max();
}
