using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Host.OpenApi;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Jobs;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Pages;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Api.UseCases.Imports;
using Allianz.Portfolio.Api.UseCases.Mandates;
using Allianz.Portfolio.Api.UseCases.Reminders;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Host;

/// <summary>What the program is made of.</summary>
internal static class Setup
{
    public static void AddPortfolio(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // Before all that the framework does by itself, such as refusing a host.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, AnswerHeaders>());
        services.KeepAddressesOut();
        builder.AddListening();
        builder.AddProxy();
        builder.AddRequestBounds();
        builder.AddRateLimits();
        builder.Read<DatabaseOptions>("Database");
        builder.Read<SignalThresholds>("Signals");
        builder.Read<ImportOptions>("Imports");
        builder.Read<ResponseCacheOptions>("Answers").Validate(a => a.Megabytes >= 0, "Answers:Megabytes must be 0 or more.");
        builder
            .Read<CycleLeadTimes>("Cycles")
            .Validate(
                c => c.Opens >= c.Due && c.Due >= c.Closes && c.Closes >= 0,
                "Cycles: Opens, Due and Closes must be working days before the meeting, none greater than the one before it."
            )
            .Validate(
                c => c.Quarter.Opens <= c.Quarter.Due && c.Quarter.Due <= c.Quarter.Closes && c.Quarter is { Opens: >= -60, Closes: <= 60 },
                "Cycles:Quarter: Opens, Due and Closes must be working days after the end of the quarter (negative: before it), at most 60, none less than the one before it."
            );
        builder
            .Read<ReminderOptions>("Reminders")
            .Validate(
                r => r.Steps() is not null,
                "Reminders: Days must be whole numbers from -60 to 60 separated by commas; HeadAfter and CoordinationAfter must be from 1 to 60."
            );
        builder.Read<DigestOptions>("Digest");
        builder.Read<DutyOptions>("Duties");
        builder.Read<OparlOptions>("Oparl").Validate(o => o.Seconds is >= 1 and <= 60, "Oparl:Seconds must be from 1 to 60.");
        services.AddSingleton<CouncilSystem>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<PortfolioDatabase>();
        builder.Read<InstallationOptions>("Installation");
        services.AddSingleton<Installation>();
        services.AddHostedService<InstallationWatch>();
        services.AddSingleton<PortfolioLedger>();
        services.AddSingleton<CurrentPortfolio>();
        services.AddSingleton<AnswerBasis>();
        services.AddSingleton<ResponseCache>();
        services.AddSingleton(ApiReleases.All);
        services.AddSingleton<ApiVersions>();
        services.AddSingleton<ReportIssue>();
        builder
            .Read<PdfOptions>("Pdf")
            .Validate(p => p is { Seconds: > 0, Keep: >= 1 }, "Pdf: Seconds must be greater than 0, and Keep must be 1 or more.");
        services.AddSingleton<Chromium>();
        services.AddSingleton<ReportPaper>();
        builder.Read<ReportOptions>("Reports");
        services.AddSingleton<IValidateOptions<ReportOptions>, ReportOptionsCheck>();
        services.AddSingleton<ReportTemplate>();
        services.AddSingleton<ReportFiles>();
        services.AddMediation();
        services.AddAutoMapper(o => o.LicenseKey = builder.Configuration["AutoMapper:LicenseKey"], typeof(Setup).Assembly);

        builder
            .Read<AuditOptions>("Audit")
            .Validate(a => a.KeepDays >= 1, "Audit:KeepDays must be 1 or more.")
            .Validate(a => a.AddressDays >= 0, "Audit:AddressDays must be 0 or more.");
        services.AddSingleton<AuditLog>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        builder.AddCallers();
        services.AddRights();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedAccess>();
        builder.AddProtection();

        services.AddApiDocument();
        builder.AddSecurityTxt();
        builder.AddPages();
        builder.AddJobs();
        builder.AddMail();
        services.AddSingleton<WaitingReminders>();
        services.AddSingleton<RenewLetter>(provider => provider.GetRequiredService<WaitingReminders>().RenewAsync);
        services.AddSingleton<DatabaseHealth>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>(DatabaseHealth.Name);

        services.ConfigureHttpJsonOptions(o => JsonRules.Apply(o.SerializerOptions));
        services.AddExceptionHandler<ProblemHandler>();
        services.AddSingleton<IHttpContextFactory, SecretPaths>();
    }
}
