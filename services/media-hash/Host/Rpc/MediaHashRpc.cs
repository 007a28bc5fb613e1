using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.MediaHash.Host.Media;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

/// <summary>Fingerprints and banks. One RPC a file.</summary>
internal sealed partial class MediaHashRpc(
    MediaIntake intake, FingerprintStore fingerprints, MediaMatcher matcher, BankStore banks, BankFeedStore feed,
    BankCatalogue catalogue, ExceptionInterceptor errors,
    LookbackWishes lookbacks, BankAudit audit, TimeProvider time) : MediaHashService.MediaHashServiceBase
{
    private static void Throw(IReadOnlyList<FieldError> found)
    {
        var violations = new FieldViolations();
        foreach (var error in found)
            violations.Add(error.Field, error.Description);
        violations.ThrowIfAny();
    }
}
