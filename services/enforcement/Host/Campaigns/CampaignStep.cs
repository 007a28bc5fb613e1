using System.Collections.Immutable;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Policies;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>What is decided where there are campaigns.</summary>
/// <param name="Outcome">What the policy says, with the campaigns that act.</param>
/// <param name="Touches">The campaigns that cover the post.</param>
/// <param name="Uses">The same as it is kept with the decision.</param>
/// <param name="Paid">The campaigns of whose budget one was taken.</param>
internal readonly record struct CampaignDecision(
    PolicyOutcome Outcome, ImmutableArray<CampaignTouch> Touches, IReadOnlyList<CampaignUse> Uses, IReadOnlyList<Campaign> Paid)
{
    /// <summary>No campaign covers the post.</summary>
    public static CampaignDecision Without(PolicyOutcome outcome) => new(outcome, [], [], []);
}

/// <summary>Decides where there are campaigns.</summary>
internal sealed class CampaignStep(CampaignBudget budget)
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    /// <summary>Decides, and takes of the budgets what that costs.</summary>
    public async ValueTask<CampaignDecision> DecideAsync(PolicySnapshot policy, PolicyInput input)
    {
        if (policy.Campaigns?.Weigh(input) is not { } weighing)
        {
            return CampaignDecision.Without(PolicyEngine.Decide(input, policy.Staged));
        }

        List<Campaign> paid = [];
        HashSet<string>? unpaid = null;
        foreach (var campaign in weighing.Spending)
        {
            if (await budget.TryTakeAsync(campaign))
            {
                paid.Add(campaign);
            }
            else
            {
                (unpaid ??= new(StringComparer.Ordinal)).Add(campaign.Id);
            }
        }

        if (unpaid is not null)
        {
            GiveBack(paid);
            paid = [];
        }

        return new CampaignDecision(weighing.Outcome(input, unpaid is null), weighing.Touches, [.. CampaignMapping.Uses(weighing, unpaid ?? None)], paid);
    }

    /// <summary>Gives back what was taken for a decision that did not take effect.</summary>
    public void GiveBack(IEnumerable<Campaign> paid)
    {
        foreach (var campaign in paid)
        {
            budget.GiveBack(campaign.Id);
        }
    }

    /// <summary>Decides a recorded decision anew: whether budgets allowed it is what the record says.</summary>
    public static (PolicyOutcome Outcome, IReadOnlyList<CampaignUse> Uses) Replay(PolicySnapshot policy, PolicyInput input, IEnumerable<CampaignUse> recorded)
    {
        if (policy.Campaigns?.Weigh(input) is not { } weighing)
        {
            return (PolicyEngine.Decide(input, policy.Staged), []);
        }

        var unpaid = recorded.Where(u => u.OverBudget).Select(u => u.CampaignId).ToHashSet(StringComparer.Ordinal);
        return (weighing.Outcome(input, unpaid.Count == 0), [.. CampaignMapping.Uses(weighing, unpaid)]);
    }

    /// <summary>Whether two lists of uses are the same but for who was drawn to be looked at, which is no matter of the policy.</summary>
    public static bool AreEqual(IEnumerable<CampaignUse> one, IEnumerable<CampaignUse> other) => one.Select(Undrawn).SequenceEqual(other.Select(Undrawn));

    private static CampaignUse Undrawn(CampaignUse use)
    {
        if (!use.Sampled)
        {
            return use;
        }

        var undrawn = use.Clone();
        undrawn.Sampled = false;
        return undrawn;
    }
}
