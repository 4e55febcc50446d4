using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Errors;

/// <summary>What is wrong in the settings is said at start, not at the first request that needs it.</summary>
internal static class Settings
{
    /// <summary>A section of the configuration.</summary>
    public static OptionsBuilder<T> Read<T>(this WebApplicationBuilder builder, string section)
        where T : class => builder.Services.AddOptions<T>().Bind(builder.Configuration.GetSection(section)).ValidateOnStart();

    /// <summary>Fails when a setting cannot be read.</summary>
    public static void CheckSettings(this WebApplication app) => app.Services.GetRequiredService<IStartupValidator>().Validate();
}
