using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class TransparencyRpc
{
    public override async Task<GetTransparencyStatementsResponse> GetTransparencyStatements(GetTransparencyStatementsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.DecisionId, "decision_id");
        violations.ThrowIfAny();
        var record = await decisions.FindRecordAsync(request.DecisionId);
        return record is not null && Caller.Of(context).MayAct(record.Decision.TenantId)
            ? new GetTransparencyStatementsResponse
            {
                Statements = { writer.Write(record).Select(s => new Contracts.V1.TransparencyStatement { Puid = s.Puid, Json = s.Json }) },
            }
            : throw RpcErrors.Create(ErrorReason.DecisionNotFound, ("decision_id", request.DecisionId));
    }
}
