using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<CreatePolicyVersionResponse> CreatePolicyVersion(CreatePolicyVersionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        RequireDocument(violations, request.Document);
        RequireReason(violations, request.Reason);
        RequireState(violations, request.StateVersion);
        violations.ThrowIfAny();
        var compiled = Compile(request.Document);
        var (version, state) = await desk.CreateAsync(request.Document, compiled, ActorOf(context, request.Reason, request.StateVersion));
        return new CreatePolicyVersionResponse { Version = version, State = state };
    }
}
