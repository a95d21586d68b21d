import { useTranslation } from "react-i18next";
import { Screen } from "../../ui/Screen.tsx";
import { WaitingApprovals } from "../deals/WaitingApprovals.tsx";

export function ApprovalsScreen() {
  const { t } = useTranslation();
  return (
    <Screen title={t("nav.approvals")}>
      <p className="lead">{t("approval.lead")}</p>
      <WaitingApprovals />
    </Screen>
  );
}
