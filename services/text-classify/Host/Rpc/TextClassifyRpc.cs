using System.Text;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Models;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Scores of texts. One RPC a file.</summary>
internal sealed partial class TextClassifyRpc(TextScoring scoring, ServedTextModels models, ExceptionInterceptor errors) : TextClassifyService.TextClassifyServiceBase
{
    private const int MaxCodePoints = 20_000;
    private const int MaxBytes = 65_536;
    private const int MaxLanguage = 35;
    private const int MaxTenant = 64;

    private async ValueTask<ClassifyTextResponse> ClassifyAsync(ClassifyTextRequest request, CancellationToken cancellationToken)
    {
        var violations = new FieldViolations();
        Check(request.Text, request.Language, request.TenantId, "", violations);
        violations.ThrowIfAny();
        return new ClassifyTextResponse { Signals = await scoring.ScoreAsync(request, cancellationToken) };
    }

    private static void Check(string text, string language, string tenantId, string path, FieldViolations violations)
    {
        violations.Require(
            Fits(text),
            path + "text", $"must be at most {MaxCodePoints} code points and {MaxBytes} bytes of UTF-8");
        violations.Require(language.Length <= MaxLanguage, path + "language", $"must be a BCP 47 tag of at most {MaxLanguage} characters");
        violations.Require(tenantId.Length <= MaxTenant, path + "tenant_id", $"must be at most {MaxTenant} characters");
    }

    // A unit is at most one code point and three bytes, so most texts need no counting.
    private static bool Fits(string text) => text.Length <= MaxCodePoints && text.Length * 3 <= MaxBytes
        || (text.Length <= MaxBytes && Encoding.UTF8.GetByteCount(text) <= MaxBytes && text.EnumerateRunes().Count() <= MaxCodePoints);
}
