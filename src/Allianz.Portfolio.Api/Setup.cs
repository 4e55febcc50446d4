using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Imports;
using Allianz.Portfolio.Api.Health;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.OpenApi;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Authentication;

namespace Allianz.Portfolio.Api;

/// <summary>What the program is made of.</summary>
internal static class Setup
{
    public static void AddPortfolio(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<DatabaseOptions>(builder.Configuration.GetSection("Database"));
        services.Configure<SignalThresholds>(builder.Configuration.GetSection("Signals"));
        services
            .AddOptions<CycleLeadTimes>()
            .Bind(builder.Configuration.GetSection("Cycles"))
            .Validate(
                c => c.Opens >= c.Due && c.Due >= c.Closes && c.Closes >= 0,
                "Cycles: Opens, Due and Closes are working days before the meeting, each no more than the one before."
            )
            .ValidateOnStart();
        services.Configure<CycleLeadTimes>(builder.Configuration.GetSection("Cycles"));
        services.Configure<ImportOptions>(builder.Configuration.GetSection("Imports"));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<PortfolioDatabase>();
        services.AddSingleton<PortfolioLedger>();
        services.AddSingleton<Answers>();
        services.AddSingleton<ReportIssue>();
        services.AddMediation();
        services.AddAutoMapper(o => o.LicenseKey = builder.Configuration["AutoMapper:LicenseKey"], typeof(Setup).Assembly);

        services.AddSingleton<KeyUse>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUse>());
        services
            .AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddPolicies();

        services.AddApiDocument();
        builder.AddPages();
        builder.AddJobs();
        services.AddHealthChecks().AddCheck<DatabaseHealth>(DatabaseHealth.Name);

        services.ConfigureHttpJsonOptions(o => JsonRules.Apply(o.SerializerOptions));
        services.AddExceptionHandler<ProblemHandler>();
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
        });
    }

    public static void UsePortfolio(this WebApplication app)
    {
        app.UseExceptionHandler(_ => { });
        app.UseMiddleware<NotModified>();
        app.UseErrorAnswers();
        app.UseAuthentication();
        app.Use(ApiKeyAuthentication.RefuseWrongKeys);
        app.UseAuthorization();
        app.MapStaticAssets().AllowAnonymous();
    }
}
