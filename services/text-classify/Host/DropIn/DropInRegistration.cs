using Microsoft.Extensions.Options;

namespace Moderation.TextClassify.Host.DropIn;

/// <summary>Adds the drop-in endpoints to the service.</summary>
internal static class DropInRegistration
{
    public static IServiceCollection AddDropIn(this IServiceCollection services)
    {
        services.AddOptions<DropInOptions>().BindConfiguration(DropInOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DropInOptions>, Validation>();
        services.AddSingleton<DropInGate>();
        services.AddSingleton<PerspectiveEndpoints>();
        services.AddSingleton<OpenAiEndpoint>();
        return services;
    }

    public static void MapDropIn(this WebApplication app)
    {
        app.Services.GetRequiredService<PerspectiveEndpoints>().Map(app);
        app.Services.GetRequiredService<OpenAiEndpoint>().Map(app);
    }

    private sealed class Validation : IValidateOptions<DropInOptions>
    {
        public ValidateOptionsResult Validate(string? name, DropInOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
