using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<GetPolicyStateResponse> GetPolicyState(GetPolicyStateRequest request, ServerCallContext context)
        => new() { State = await desk.StateAsync() };
}
