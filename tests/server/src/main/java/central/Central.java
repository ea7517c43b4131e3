package central;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.IDaoRegistry;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binstore.DatabaseBinaryContentStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HibernatePropertiesProvider;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.config.util.ResourceCountCacheUtil;
import ca.uhn.fhir.jpa.dao.FulltextSearchSvcImpl;
import ca.uhn.fhir.jpa.dao.IFulltextSearchSvc;
import ca.uhn.fhir.jpa.dao.search.HSearchSortHelperImpl;
import ca.uhn.fhir.jpa.dao.search.IHSearchSortHelper;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.DaoRegistryResourceSupportedSvc;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.search.IStaleSearchDeletingSvc;
import ca.uhn.fhir.jpa.search.StaleSearchDeletingSvcImpl;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.config.WebsocketDispatcherConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.jpa.util.ResourceCountCache;
import ca.uhn.fhir.rest.api.IResourceSupportedSvc;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import jakarta.servlet.Filter;
import java.io.FileOutputStream;
import java.io.IOException;
import javax.sql.DataSource;
import org.hibernate.dialect.Dialect;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.elasticsearch.ElasticsearchRestClientAutoConfiguration;
import org.springframework.boot.autoconfigure.orm.jpa.JpaProperties;
import org.springframework.boot.autoconfigure.quartz.QuartzAutoConfiguration;
import org.springframework.boot.autoconfigure.thymeleaf.ThymeleafAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * The central server of the tests: a plain HAPI FHIR JPA server for R4 at /fhir, everything at its defaults, behind a
 * fixed bearer token. Everything it keeps is gone when it ends.
 *
 * <p>{@link Gatekeeper} adds what a network between client and server does now and then.
 */
@SpringBootApplication(exclude = {QuartzAutoConfiguration.class, ThymeleafAutoConfiguration.class,
  ElasticsearchRestClientAutoConfiguration.class})  // it would poll for an Elasticsearch that is not there
@EnableTransactionManagement
@Import({JpaR4Config.class, JpaBatch2Config.class, Batch2JobsConfig.class, ThreadPoolFactoryConfig.class,
  SubscriptionSubmitterConfig.class, SubscriptionProcessorConfig.class, SubscriptionChannelConfig.class,
  WebsocketDispatcherConfig.class})
public class Central {
  public static void main(String[] args) {
    SpringApplication.run(Central.class, args);
  }

  /** Who started us waits for one line with the port, on a file or pipe it names. */
  @Bean ApplicationListener<ApplicationReadyEvent> tellPort(@Value("${central.ready}") String ready) {
    return event -> {
      var port = event.getApplicationContext().getEnvironment().getProperty("local.server.port");
      try (var out = new FileOutputStream(ready)) {
        out.write((port + "\n").getBytes());
      } catch (IOException e) {
        throw new IllegalStateException("cannot tell the port", e);
      }
    };
  }

  // What HAPI's R4 configuration expects of the application around it.
  @Bean JpaStorageSettings storage() { return new JpaStorageSettings(); }
  @Bean SubscriptionSettings subscriptions() { return new SubscriptionSettings(); }
  @Bean PartitionSettings partitions() { return new PartitionSettings(); }
  @Bean IFulltextSearchSvc fulltext() { return new FulltextSearchSvcImpl(); }
  @Bean IStaleSearchDeletingSvc staleSearches() { return new StaleSearchDeletingSvcImpl(); }
  @Bean IHSearchSortHelper sorter(ISearchParamRegistry registry) { return new HSearchSortHelperImpl(registry); }
  @Bean IResourceSupportedSvc supported(IDaoRegistry daos) { return new DaoRegistryResourceSupportedSvc(daos); }
  @Bean DatabaseBinaryContentStorageSvcImpl binaries() { return new DatabaseBinaryContentStorageSvcImpl(); }
  @Bean IEmailSender mail() { return details -> { }; }
  @Bean("myResourceCountsCache") ResourceCountCache counts(IFhirSystemDao<?, ?> dao) {
    return ResourceCountCacheUtil.newResourceCountCache(dao);
  }

  @Bean DatabaseBackedPagingProvider paging() {
    var paging = new DatabaseBackedPagingProvider();
    paging.setDefaultPageSize(20);
    paging.setMaximumPageSize(1000);
    return paging;
  }

  @Primary @Bean HibernatePropertiesProvider dialect() {
    return new HibernatePropertiesProvider() {
      @Override public Dialect getDialect() { return new HapiFhirH2Dialect(); }
    };
  }

  @Primary @Bean LocalContainerEntityManagerFactoryBean entityManagerFactory(ConfigurableListableBeanFactory beans,
      FhirContext context, JpaStorageSettings storage, DataSource database, JpaProperties properties) {
    var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, context, storage);
    factory.setPersistenceUnitName("HAPI_PU");
    factory.setDataSource(database);
    factory.setJpaPropertyMap(properties.getProperties());
    return factory;
  }

  @Primary @Bean JpaTransactionManager transactionManager(EntityManagerFactory factory) {
    return new JpaTransactionManager(factory);
  }

  @Bean RestfulServer fhir(IFhirSystemDao<?, ?> system, ResourceProviderFactory resources,
      IJpaSystemProvider systemProvider, JpaStorageSettings storage, ISearchParamRegistry registry,
      IValidationSupport validation, DatabaseBackedPagingProvider paging) {
    var server = new RestfulServer(system.getContext());
    server.registerProviders(resources.createProviders());
    server.registerProvider(systemProvider);
    server.setPagingProvider(paging);
    server.setServerConformanceProvider(new JpaCapabilityStatementProvider(server, system, storage, registry, validation));
    return server;
  }

  @Bean ServletRegistrationBean<RestfulServer> servlet(RestfulServer server) {
    var registration = new ServletRegistrationBean<>(server, "/fhir/*");
    registration.setLoadOnStartup(1);
    return registration;
  }

  @Bean FilterRegistrationBean<Filter> gate(@Value("${central.token}") String token, JpaStorageSettings storage) {
    var filter = new FilterRegistrationBean<Filter>(new Gatekeeper(token, storage));
    filter.addUrlPatterns("/fhir/*", "/fault");
    filter.setOrder(0);
    return filter;
  }
}
