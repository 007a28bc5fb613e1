using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class AuditRpc
{
    public override async Task<GetCheckpointResponse> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.Number >= 0, "number", "must be 1 or more, or 0 for the latest");
        violations.ThrowIfAny();
        var found = request.Number == 0
            ? await store.LatestCheckpointAsync()
            : (await store.CheckpointsAsync(request.Number, 1)).FirstOrDefault(c => c.Number == request.Number);
        return new GetCheckpointResponse
        {
            Checkpoint = found?.ToContract()
                ?? throw RpcErrors.Create(ErrorReason.AuditCheckpointNotFound, ("number", request.Number.ToString(CultureInfo.InvariantCulture))),
            Keys =
            {
                (await store.KeysAsync()).OrderBy(k => k.Key, StringComparer.Ordinal)
                    .Select(k => new AuditPublicKey { KeyId = k.Key, PublicKey = ByteString.CopyFrom(k.Value) }),
            },
        };
    }
}
