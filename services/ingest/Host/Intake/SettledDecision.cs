using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;

namespace Moderation.Ingest.Host.Intake;

/// <summary>What the store still knows of a decision that has moved to the archive: it had no measure and opened no review task.</summary>
/// <param name="Id">The decision.</param>
/// <param name="Revision">The revision that it decided.</param>
/// <param name="Outcome">How it came about.</param>
internal sealed record SettledDecision(string Id, long Revision, DecisionOutcome Outcome)
{
    /// <summary>The decision, as far as it is known here; policy, reasons and signals are in the archive.</summary>
    public Decision ToContract(string tenant, string post, string account) => new()
    {
        DecisionId = Id,
        TenantId = tenant,
        PostId = post,
        AccountId = account,
        Revision = Revision,
        Cause = "submit",
        CreateTime = Timestamp.FromDateTimeOffset(Ulid.Parse(Id[(Id.LastIndexOf('_') + 1)..]).Time),
        Outcome = Outcome,
        Automated = true,
    };
}
