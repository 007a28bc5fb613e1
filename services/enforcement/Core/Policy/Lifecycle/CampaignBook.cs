using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;

namespace Moderation.Enforcement;

/// <summary>A campaign with the rules that it moves, compiled with its values.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Moved">The rules about its harms that read a threshold which it moves, by version and id.</param>
/// <param name="Thresholds">The thresholds that the policy has and lets it move, with its values.</param>
public sealed record CampaignEntry(
    Campaign Campaign, ImmutableDictionary<(string PolicyVersion, string RuleId), PolicyRule> Moved, ImmutableSortedDictionary<string, double> Thresholds);

/// <summary>What a campaign had to do with a decision.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Part">Which part of its time.</param>
/// <param name="Thresholds">What it moved for this decision; empty unless it acts.</param>
/// <param name="Causes">A measure follows that would not without it; before it acts: would follow.</param>
/// <param name="Spares">A measure does not follow that would without it; before it acts: would not.</param>
public sealed record CampaignTouch(Campaign Campaign, CampaignPart Part, ImmutableSortedDictionary<string, double> Thresholds, bool Causes, bool Spares);

/// <summary>What the policy says about a post in the scope of campaigns, before it is known whether their budgets allow it.</summary>
/// <param name="Own">What the policy says without them.</param>
/// <param name="Moved">What it says with those that act.</param>
/// <param name="Touches">The campaigns that cover the post.</param>
public sealed record CampaignWeighing(PolicyOutcome Own, PolicyOutcome Moved, ImmutableArray<CampaignTouch> Touches)
{
    /// <summary>The campaigns that need one of their budget each for this post.</summary>
    public IEnumerable<Campaign> Spending => Touches.Where(t => t.Part == CampaignPart.During && t.Causes).Select(t => t.Campaign);

    /// <summary>What is decided. Where a budget is spent, what it would have paid for goes to review.</summary>
    /// <param name="input">What was weighed.</param>
    /// <param name="isPaid">Whether every one of <see cref="Spending"/> had budget left.</param>
    public PolicyOutcome Outcome(PolicyInput input, bool isPaid) => isPaid ? Moved : PolicyEngine.WithReviewOf(input, Own, Moved);
}

/// <summary>
/// The campaigns beside a policy. A campaign's values are compiled into rules of their own when the policy is loaded; which of them decide about a post
/// follows from the post and the time of the decision alone, so a replay finds the same. Immutable but for a cache.
/// </summary>
public sealed class CampaignBook
{
    /// <summary>Campaigns that may be open at a time.</summary>
    public const int Most = 16;

    private readonly StagedPolicy _own;
    private readonly ImmutableArray<CampaignEntry> _entries;
    private readonly ConcurrentDictionary<uint, StagedPolicy> _moved = new();

    /// <summary>A book.</summary>
    /// <param name="own">The policy with its own thresholds.</param>
    /// <param name="entries">At most <see cref="Most"/>.</param>
    public CampaignBook(StagedPolicy own, IEnumerable<CampaignEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(own);
        _own = own;
        // Where two that act move the same rule, which the rules of series all but exclude, the later one counts.
        _entries = [.. entries.OrderBy(e => e.Campaign.Start).ThenBy(e => e.Campaign.Id, StringComparer.Ordinal)];
        if (_entries.Length > Most)
            throw new ArgumentException($"there are {_entries.Length} campaigns; at most {Most}", nameof(entries));
    }

    /// <summary>The campaigns by start and id.</summary>
    public IEnumerable<Campaign> Campaigns => _entries.Select(e => e.Campaign);

    /// <summary>A campaign, or null.</summary>
    public Campaign? Find(string id) => _entries.FirstOrDefault(e => e.Campaign.Id == id)?.Campaign;

    /// <summary>The policy as it decides about posts that these campaigns move.</summary>
    /// <param name="ids">The campaigns.</param>
    public StagedPolicy With(IReadOnlySet<string> ids) => Staged(Mask(e => ids.Contains(e.Campaign.Id)));

    /// <summary>What the policy says about a post that at least one campaign covers; null when none does.</summary>
    /// <param name="input">The post.</param>
    public CampaignWeighing? Weigh(PolicyInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var language = LanguageOf(input);
        var covering = Mask(e => e.Campaign.PartAt(input.Now) != CampaignPart.None && e.Campaign.Covers(input.Post.ChannelId, language));
        if (covering == 0)
            return null;
        var own = PolicyEngine.Decide(input, _own);
        var acting = Mask(e => e.Campaign.PartAt(input.Now) == CampaignPart.During) & covering;
        var moved = Decide(input, acting, own);
        var touches = ImmutableArray.CreateBuilder<CampaignTouch>(BitOperations.PopCount(covering));
        for (var i = 0; i < _entries.Length; i++)
        {
            if ((covering & (1u << i)) != 0)
                touches.Add(Touch(input, i, own, moved));
        }
        return new CampaignWeighing(own, moved, touches.DrainToImmutable());
    }

    /// <summary>The language that campaigns go by: as found in the text, else as the platform named it.</summary>
    public static string LanguageOf(PolicyInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Text is { Status: SignalStatus.Available, Language: { Length: > 0 } found } && found != "und" ? found : input.Post.Language;
    }

    private CampaignTouch Touch(PolicyInput input, int index, PolicyOutcome own, PolicyOutcome moved)
    {
        var entry = _entries[index];
        var part = entry.Campaign.PartAt(input.Now);
        var alone = part switch
        {
            CampaignPart.During => moved,
            CampaignPart.Before => Decide(input, 1u << index, own),
            _ => own,
        };
        return new CampaignTouch(
            entry.Campaign, part, part == CampaignPart.During ? entry.Thresholds : ImmutableSortedDictionary<string, double>.Empty,
            Differs(alone, own, entry), Differs(own, alone, entry));
    }

    /// <summary>Whether one outcome has a measure that the other has not, by a rule that the campaign moves.</summary>
    private static bool Differs(PolicyOutcome one, PolicyOutcome other, CampaignEntry entry) =>
        !ReferenceEquals(one, other) && one.Measures.Any(m =>
            !other.Measures.Any(o => o.Kind == m.Kind && (m.Kind != MeasureKind.Label || o.Category == m.Category))
            && one.Fired.Any(f => m.RuleIds.Contains(f.RuleId) && f.Measures.Contains(m.Kind) && IsMoved(entry, f, one)
                && !other.Fired.Any(o => o.RuleId == f.RuleId && o.PolicyVersion == f.PolicyVersion && o.Measures.Contains(m.Kind))));

    private static bool IsMoved(CampaignEntry entry, FiredRule rule, PolicyOutcome outcome) =>
        entry.Moved.ContainsKey((rule.PolicyVersion.Length > 0 ? rule.PolicyVersion : outcome.PolicyVersion, rule.RuleId));

    private PolicyOutcome Decide(PolicyInput input, uint mask, PolicyOutcome own)
    {
        var staged = Staged(mask);
        return ReferenceEquals(staged, _own) ? own : PolicyEngine.Decide(input, staged);
    }

    private StagedPolicy Staged(uint mask)
    {
        mask &= Mask(e => !e.Moved.IsEmpty); // those that only review more change no rule
        return mask == 0 ? _own : _moved.GetOrAdd(mask, Build);
    }

    private StagedPolicy Build(uint mask) => _own.With(rule =>
    {
        for (var i = _entries.Length - 1; i >= 0; i--)
        {
            if ((mask & (1u << i)) != 0 && _entries[i].Moved.TryGetValue((rule.PolicyVersion, rule.Rule.Id), out var moved))
                return moved;
        }
        return rule.Rule;
    });

    private uint Mask(Func<CampaignEntry, bool> has)
    {
        var mask = 0u;
        for (var i = 0; i < _entries.Length; i++)
            mask |= has(_entries[i]) ? 1u << i : 0;
        return mask;
    }

    /// <summary>A campaign with the rules that it moves in some versions of the policy.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="versions">
    /// The versions, and each compiled with values in place of its own; a value that the version does not allow, or a name that it has not, moves nothing.
    /// </param>
    public static CampaignEntry Entry(Campaign campaign, IEnumerable<(CompiledPolicy Own, Func<ImmutableSortedDictionary<string, double>, CompiledPolicy?> With)> versions)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        ArgumentNullException.ThrowIfNull(versions);
        var moved = ImmutableDictionary.CreateBuilder<(string, string), PolicyRule>();
        var used = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (own, with) in versions)
        {
            var values = campaign.Thresholds.Where(t => own.Thresholds.TryGetValue(t.Key, out var threshold) && threshold.Allows(t.Value))
                .ToImmutableSortedDictionary(StringComparer.Ordinal);
            if (values.IsEmpty || with(values) is not { } compiled)
                continue;
            used.AddRange(values.Where(v => !used.ContainsKey(v.Key)));
            foreach (var rule in compiled.Rules.Where(r => campaign.Categories.Contains(r.Category) && RuleContent.NumbersOf(r).Any(values.ContainsKey)))
                moved[(own.Version, rule.Id)] = rule;
        }
        return new CampaignEntry(campaign, moved.ToImmutable(), used.ToImmutable());
    }
}
