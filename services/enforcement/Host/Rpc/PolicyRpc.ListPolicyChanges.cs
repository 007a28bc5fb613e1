using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<ListPolicyChangesResponse> ListPolicyChanges(ListPolicyChangesRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var size = Paging.Require(violations, request.PageSize);
        var before = RequireNumber(violations, request.PageToken);
        if (request.RuleId.Length > 0)
        {
            violations.RequireId(request.RuleId, "rule_id");
        }

        violations.ThrowIfAny();
        // A page looks at so many changes; with a rule it may hold fewer, and the token goes on.
        var changes = await store.ChangesBeforeAsync(before, size);
        return new ListPolicyChangesResponse
        {
            Changes = { changes.Select(c => c.Change).Where(c => request.RuleId.Length == 0 || c.RuleId == request.RuleId) },
            NextPageToken = changes.Count == size && changes[^1].Change.StateVersion > 1
                ? changes[^1].Change.StateVersion.ToString(CultureInfo.InvariantCulture)
                : "",
        };
    }
}
