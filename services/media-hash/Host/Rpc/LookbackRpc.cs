using Moderation.Contracts.V1;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

/// <summary>Looking back for entries that came later. One RPC a file.</summary>
internal sealed partial class LookbackRpc(LookbackWishes wishes, LookbackStore jobs, BankStore banks, TimeProvider time) : LookbackService.LookbackServiceBase
{
    private static void RequireLookbackId(string id, FieldViolations violations) =>
        violations.Require(id.StartsWith("lb_", StringComparison.Ordinal) && Ulid.TryParse(id.AsSpan(3), out _), "lookback_id", "must be lb_ and a ULID, as StartLookback answers");
}
