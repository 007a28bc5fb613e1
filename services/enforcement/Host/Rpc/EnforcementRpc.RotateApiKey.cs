using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    private static readonly TimeSpan MaxSecretOverlap = TimeSpan.FromDays(30);

    public override async Task<RotateApiKeyResponse> RotateApiKey(RotateApiKeyRequest request, ServerCallContext context)
    {
        var now = time.GetUtcNow();
        var violations = new FieldViolations();
        violations.RequireKeyNames(request.TenantId, request.KeyId);
        violations.Require(
            request.OldSecretEndTime is { } end && ApiKeyMapping.IsTime(end) && end.ToDateTimeOffset() <= now + MaxSecretOverlap,
            "old_secret_end_time",
            $"must be set, to at most {MaxSecretOverlap.TotalDays} days from now; the present ends the old secret at once");
        violations.RequireFuture(request.ExpireTime, "expire_time", now);
        if (request.RequestId.Length > 0)
        {
            violations.RequireId(request.RequestId, "request_id");
        }

        violations.ThrowIfAny();
        var before = await apiKeys.FindAsync(request.TenantId, request.KeyId);
        var rotation = await apiKeys.RotateAsync(
            request.TenantId, request.KeyId, request.OldSecretEndTime.ToDateTimeOffset(), request.ExpireTime?.ToDateTimeOffset(), request.RequestId);
        switch (rotation.Outcome)
        {
            case ApiKeyRotationOutcome.Absent:
                throw RpcErrors.Create(ErrorReason.ApiKeyNotFound, ("key_id", request.KeyId));
            case ApiKeyRotationOutcome.Rotating:
                throw RpcErrors.Create(
                    ErrorReason.ApiKeyRotating,
                    ("key_id", request.KeyId),
                    ("until", $"{rotation.RotatingUntil?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}"));
            case ApiKeyRotationOutcome.Expired:
                violations.Add("expire_time", "must be set: the key has ended");
                throw violations.ToException();
            default:
                // Recorded before anyone has the new secret, as in CreateApiKey.
                await RecordAsync(context, "key.rotate", request.TenantId, request.KeyId, before, await apiKeys.FindAsync(request.TenantId, request.KeyId));
                return new RotateApiKeyResponse { ApiKey = rotation.ApiKey };
        }
    }
}
