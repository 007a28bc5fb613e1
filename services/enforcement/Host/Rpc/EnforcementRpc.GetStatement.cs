using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<GetStatementResponse> GetStatement(GetStatementRequest request, ServerCallContext context)
    {
        var decision = await FindDecisionAsync(request.DecisionId, context);
        return new GetStatementResponse { Notice = decision.Notice, Statement = decision.Statement };
    }
}
