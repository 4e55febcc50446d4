using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Api.UseCases.ApiKeys;
using Allianz.Portfolio.Api.UseCases.Assessments;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Api.UseCases.BoardMeetings;
using Allianz.Portfolio.Api.UseCases.Changes;
using Allianz.Portfolio.Api.UseCases.Duties;
using Allianz.Portfolio.Api.UseCases.Imports;
using Allianz.Portfolio.Api.UseCases.Letters;
using Allianz.Portfolio.Api.UseCases.Milestones;
using Allianz.Portfolio.Api.UseCases.PartnerContacts;
using Allianz.Portfolio.Api.UseCases.Partners;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Api.UseCases.Redactions;
using Allianz.Portfolio.Api.UseCases.ReportDrafts;
using Allianz.Portfolio.Api.UseCases.ReportingCycles;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Api.UseCases.UpdateLinks;

namespace Allianz.Portfolio.Api.Host;

/// <summary>The table of contents: one line per slice.</summary>
internal static class Routes
{
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroupBuiltOnce("/api/v1");
        api.AddEndpointFilter<VersionFilter>();

        GetPortfolio.Map(api);
        ListPortfolioFields.Map(api);
        ListOverdueMilestones.Map(api);
        ListNextMilestones.Map(api);
        ListSignals.Map(api);
        ListOpenDecisionRequests.Map(api);
        ListChanges.Map(api);
        GetDifference.Map(api);

        ListProjects.Map(api);
        GetProject.Map(api);
        Kinds.Projects.Kind.Map(api);
        ListProjectHistory.Map(api);

        Participations.Kind.Map(api);

        Kinds.Milestones.Kind.Map(api);
        ListMilestoneTrends.Map(api);

        ListStatusUpdates.Map(api);
        GetStatusUpdate.Map(api);
        CreateStatusUpdate.Map(api);

        GetStatusDraft.Map(api);
        PutStatusDraft.Map(api);
        DeleteStatusDraft.Map(api);

        ListUpdateLinks.Map(api);
        GetUpdateLink.Map(api);
        CreateUpdateLink.Map(api);
        RevokeUpdateLink.Map(api);

        ListAssessments.Map(api);
        GetAssessment.Map(api);
        CreateAssessment.Map(api);

        Gates.Kind.Map(api);

        Risks.Kind.Map(api);

        DecisionRequests.Kind.Map(api);

        ListPartners.Map(api);
        Kinds.Partners.Kind.Map(api);
        GetPartnerContact.Map(api);
        PutPartnerContact.Map(api);

        FieldsOfAction.Kind.Map(api);

        Kinds.ReportingCycles.Kind.Map(api);
        CreateReportingCycle.Map(api);
        PatchReportingCycle.Map(api);

        ListDuties.Map(api);

        Kinds.BoardMeetings.Kind.Map(api);
        CreateBoardMeeting.Map(api);
        ListAgenda.Map(api);
        ListDecisions.Map(api);

        Kinds.Mandates.Kind.Map(api);
        MandateLinks.Kind.MapProjects(api);

        MandateLinks.Kind.Map(api);

        Indicators.Kind.Map(api);
        IndicatorLinks.Kind.MapProjects(api);

        Observations.Kind.Map(api);

        IndicatorLinks.Kind.Map(api);

        ListImports.Map(api);
        GetImport.Map(api);
        ImportFile.Map(api);

        ReportSchedules.Kind.Map(api);

        ListReports.Map(api);
        GetReport.Map(api);
        IssueReport.Map(api);
        VerifyReport.Map(api);
        GetReportPdf.Map(api);
        ListReportTransitions.Map(api);
        GetReportTransition.Map(api);
        CreateReportTransition.Map(api);
        AcknowledgeReport.Map(api);

        Kinds.ReportDrafts.Kind.Map(api);
        PreviewReportDraft.Map(api);
        IssueReportDraft.Map(api);

        Assignments.Kind.Map(api);

        ListAccounts.Map(api);
        GetAccount.Map(api);
        CreateAccount.Map(api);
        PatchAccount.Map(api);
        ExportAccount.Map(api);
        DeleteAccount.Map(api);
        InviteAgain.Map(api);
        RemoveSecondFactor.Map(api);

        ListApiKeys.Map(api);
        GetApiKey.Map(api);
        CreateApiKey.Map(api);
        RotateApiKey.Map(api);
        RevokeApiKey.Map(api);

        ListAuditRecords.Map(api);
        Redact.Map(api);

        ListLetters.Map(api);

        DownloadReport.Map(app);

        app.MapNothingElse();
    }
}
