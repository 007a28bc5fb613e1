namespace Moderation.Enforcement.Host.Access;

/// <summary>What the service needs to hand out credentials.</summary>
internal static class AccessServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services) => services.AddSingleton<IAdminAudit, SealedAdminAudit>();
}
