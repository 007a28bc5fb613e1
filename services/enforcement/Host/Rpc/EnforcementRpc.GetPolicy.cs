using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override Task<GetPolicyResponse> GetPolicy(GetPolicyRequest request, ServerCallContext context)
    {
        var policy = policies.Current;
        return Task.FromResult(new GetPolicyResponse
        {
            Version = policy.Base.Version,
            Clauses =
            {
                policy.Staged.Policy.Clauses.Values.OrderBy(c => c.Id, StringComparer.Ordinal).Select(c => new Contracts.V1.PolicyClause
                {
                    ClauseId = c.Id,
                    Category = (Contracts.V1.HarmCategory)c.Category,
                    Title = c.Title,
                    Text = c.Text,
                }),
            },
            Rules =
            {
                policy.Acting().Select(r => new Contracts.V1.PolicyRule
                {
                    RuleId = r.Id,
                    ClauseId = r.Clause.Id,
                    Category = (Contracts.V1.HarmCategory)r.Category,
                    Severity = r.Severity,
                    // REVIEW opens a task and restricts nothing; it is no measure of the contract.
                    Measures = { r.Measures.Where(MeasureMatrix.IsRestrictive).Select(m => (Contracts.V1.MeasureKind)m) },
                }),
            },
        });
    }
}
