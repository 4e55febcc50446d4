using Allianz.Portfolio.Api.Errors;

namespace Allianz.Portfolio.Api.Mail;

internal static class MailSetup
{
    public static void AddMail(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.Read<MailOptions>("Mail");
        services.AddSingleton<Microsoft.Extensions.Options.IValidateOptions<MailOptions>, Rules>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<Outbox>();
    }

    /// <summary>Says where letters go when nobody has said where they shall go.</summary>
    public static void WarnOfLetters(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<MailOptions>>();
        if (app.Environment.IsProduction() && string.IsNullOrEmpty(options.Value.Smtp.Host) && options.Value.Folder is null)
        {
            app.Logger.LogWarning(
                "No mail server is set (Mail:Smtp:Host): letters become files in {Folder}, and reach nobody by themselves",
                new Post(options, app.Environment).Folder
            );
        }
    }

    private sealed class Rules : Microsoft.Extensions.Options.IValidateOptions<MailOptions>
    {
        public Microsoft.Extensions.Options.ValidateOptionsResult Validate(string? name, MailOptions options) =>
            options.Wrong() is { } wrong
                ? Microsoft.Extensions.Options.ValidateOptionsResult.Fail(wrong)
                : Microsoft.Extensions.Options.ValidateOptionsResult.Success;
    }
}
